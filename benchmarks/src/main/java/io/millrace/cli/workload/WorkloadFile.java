package io.millrace.cli.workload;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * What a workload's file says: which workload it is, and values for its command's options, which hold where the command line
 * says nothing. A file of a user's is read over the packaged one of the same workload. Immutable.
 */
public final class WorkloadFile implements IDefaultValueProvider {
    private static final String NAME = "workload";

    /** Options that make no sense in a file. */
    private static final List<String> COMMAND_LINE_ONLY = List.of(NAME, "help", "version", "debug");

    private final String source;
    private final Config values;

    private WorkloadFile(final String source, final Config values) {
        this.source = source;
        this.values = values;
    }

    /** The packaged file of a workload. */
    public static WorkloadFile packaged(final String name) {
        final String file = name + ".conf";
        try (InputStream in = WorkloadFile.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing from the program");
            }
            return new WorkloadFile(file, ConfigFactory.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A user's file.
     *
     * @param names workloads there are.
     * @throws IllegalArgumentException if it can't be read or does not say which workload it is; in one line.
     */
    public static WorkloadFile read(final Path file, final Collection<String> names) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException(
                    file + " can't be read: give a file such as those in benchmarks/workloads");
        }
        final Config own;
        try {
            own = ConfigFactory.parseFile(file.toFile()).resolve();
        } catch (final ConfigException e) {
            throw new IllegalArgumentException(
                    e.getMessage().lines().map(String::strip).collect(Collectors.joining(" ")), e);
        }
        final WorkloadFile user = new WorkloadFile(file.toString(), own);
        if (!own.hasPath(NAME) || !names.contains(user.name())) {
            throw new IllegalArgumentException(
                    file + " must say which workload it is: " + NAME + " = one of " + String.join(", ", names));
        }
        return new WorkloadFile(user.source, own.withFallback(packaged(user.name()).values));
    }

    /** Which workload it is. */
    public String name() {
        return String.valueOf(values.getValue(NAME).unwrapped());
    }

    /** What is wrong with the values, as the options of {@code command}; a line each, with file and line number. */
    public List<String> check(final CommandSpec command) {
        final Map<String, OptionSpec> options = options(command);
        final List<String> errors = new ArrayList<>();
        values.root().forEach((key, value) -> {
            if (key.equals(NAME)) {
                return;
            }
            final OptionSpec option = options.get(key);
            if (option == null) {
                errors.add("%s: '%s' is no value of the workload %s; choose from %s"
                        .formatted(place(value), key, name(), String.join(", ", options.keySet())));
            } else if (value.valueType() == ConfigValueType.OBJECT) {
                errors.add("%s: %s has parts; give a single value".formatted(place(value), key));
            } else {
                refusal(option, text(value)).ifPresent(why -> errors.add(place(value) + ": " + key + ": " + why));
            }
        });
        return errors;
    }

    /** Which of an option's names its key is. */
    private static Map<String, OptionSpec> options(final CommandSpec command) {
        final Map<String, OptionSpec> options = new TreeMap<>();
        for (final OptionSpec option : command.options()) {
            final String key = key(option);
            if (!option.hidden() && !COMMAND_LINE_ONLY.contains(key)) {
                options.put(key, option);
            }
        }
        return options;
    }

    private static String key(final OptionSpec option) {
        return option.longestName().replaceFirst("^--", "");
    }

    private static Optional<String> refusal(final OptionSpec option, final String text) {
        try {
            for (final String part : option.isMultiValue() ? text.split(",", -1) : new String[] {text}) {
                convert(option, part);
            }
            return Optional.empty();
        } catch (final CommandLine.TypeConversionException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static Object convert(final OptionSpec option, final String text) {
        if (option.converters().length > 0) {
            try {
                return option.converters()[0].convert(text);
            } catch (final CommandLine.TypeConversionException e) {
                throw e;
            } catch (final Exception e) {
                throw new IllegalStateException("a converter of ours throws nothing else", e);
            }
        }
        if (!option.typeInfo().isBoolean()) {
            return text;
        }
        if (!text.equals("true") && !text.equals("false")) {
            throw new CommandLine.TypeConversionException("'" + text + "' is neither true nor false");
        }
        return Boolean.valueOf(text);
    }

    private String place(final ConfigValue value) {
        final int line = value.origin().lineNumber();
        return line > 0 ? source + ":" + line : source;
    }

    private static String text(final ConfigValue value) {
        if (value instanceof final ConfigList list) {
            return list.stream().map(WorkloadFile::text).collect(Collectors.joining(","));
        }
        // numbers as they are written, not as they would be printed
        return value.atKey(NAME).getString(NAME);
    }

    @Override
    public String defaultValue(final ArgSpec argument) {
        if (!(argument instanceof final OptionSpec option)) {
            return null;
        }
        final String key = key(option);
        final ConfigValue value =
                COMMAND_LINE_ONLY.contains(key) ? null : values.root().get(key);
        return value == null ? null : text(value);
    }

    /** Sets what the parser leaves unset where it has met an error: so that all which is wrong can be said at once. */
    public static void complete(final ParseResult parsed) {
        if (parsed.commandSpec().defaultValueProvider() instanceof final WorkloadFile file) {
            for (final OptionSpec option : parsed.commandSpec().options()) {
                final String text = file.defaultValue(option);
                // a list has its usual value then, and what is wrong in it is said when the error is mended
                if (text != null && !parsed.hasMatchedOption(option) && !option.isMultiValue()) {
                    final Object value = convert(option, text);
                    option.setValue(option.typeInfo().isOptional() ? Optional.of(value) : value);
                }
            }
        }
    }
}
