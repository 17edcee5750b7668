package io.millrace.bench.report;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A result, or a part of one, as its JSON says it. A member that is not there is null, NaN or empty. Immutable. */
public final class ResultDocument {
    private final Map<String, Object> json;

    private ResultDocument(final Map<String, Object> json) {
        this.json = json;
    }

    /**
     * Reads one.
     *
     * @param path a report's folder, or the file itself.
     * @throws NoResultException if it is neither, or of another version; says so in one line.
     */
    public static ResultDocument read(final Path path) throws NoResultException {
        final Path file = Files.isDirectory(path) ? path.resolve(BenchReport.RESULT) : path;
        try {
            return of(file.toString(), Files.readString(file));
        } catch (final NoSuchFileException e) {
            throw new NoResultException(
                    "there is no result " + file + ": give a folder of bench --report or a file of --json");
        } catch (final IOException e) {
            throw new NoResultException(file + " can't be read: " + e.getMessage());
        }
    }

    static ResultDocument of(final String name, final String text) throws NoResultException {
        final Map<String, Object> json;
        try {
            json = JSON.std.mapFrom(text);
        } catch (final IOException e) {
            throw new NoResultException(name + " is not a result of millrace bench: it is not JSON");
        }
        final ResultDocument document = new ResultDocument(json);
        if (Schema.of(json.get("schema")).isEmpty()) {
            throw new NoResultException(
                    "%s is not a result of this version of millrace bench: its schema is %s, none of %s"
                            .formatted(name, json.get("schema"), Schema.names()));
        }
        if (document.runs().isEmpty()) {
            throw new NoResultException(name + " holds no run");
        }
        return document;
    }

    /** What {@code json}, as written, would be when read. */
    static ResultDocument of(final Map<String, Object> json) {
        return new ResultDocument(json);
    }

    /** Which kind of a result it is. */
    Schema schema() {
        return Schema.of(json.get("schema"))
                .orElseThrow(() -> new IllegalStateException("this is a part of a result: it has no schema"));
    }

    /** What was set: a member of its own, or members beside the figures. */
    Map<String, Object> settings() {
        final Map<String, Object> settings = new LinkedHashMap<>(members("settings"));
        json.forEach((name, value) -> {
            if (schema().settings().contains(name)) {
                settings.put(name, value);
            }
        });
        return settings;
    }

    /** Whether there is anything at a path. */
    boolean isThere(final String... path) {
        return at(path) != null;
    }

    /** The object at a path; an empty one where there is none. */
    ResultDocument object(final String... path) {
        return new ResultDocument(members(path));
    }

    /** The number at a path of names; NaN where there is none. */
    double number(final String... path) {
        return at(path) instanceof final Number number ? number.doubleValue() : Double.NaN;
    }

    /** The value at a path as text; empty where there is none. */
    String text(final String... path) {
        final Object value = at(path);
        return value == null ? "" : value.toString();
    }

    /** Whether the value at a path is {@code true}. */
    boolean isTrue(final String... path) {
        return Boolean.TRUE.equals(at(path));
    }

    /** The numbers of a list. */
    double[] numbers(final String... path) {
        return list(path).stream()
                .mapToDouble(value -> value instanceof final Number number ? number.doubleValue() : Double.NaN)
                .toArray();
    }

    /** The lines of a list. */
    List<String> lines(final String... path) {
        return list(path).stream().map(String::valueOf).toList();
    }

    /** Any list. */
    List<?> list(final String... path) {
        return at(path) instanceof final List<?> list ? list : List.of();
    }

    /** An object's members, in their order. */
    Map<String, Object> members(final String... path) {
        return asObject(at(path));
    }

    /** The runs, in the order in which they were made. */
    List<ResultDocument> runs() {
        return objects("repeats", "runs");
    }

    /** The objects of a list. */
    List<ResultDocument> objects(final String... path) {
        return list(path).stream()
                .map(object -> new ResultDocument(asObject(object)))
                .toList();
    }

    private Object at(final String... path) {
        Object value = json;
        for (final String name : path) {
            value = asObject(value).get(name);
        }
        return value;
    }

    @SuppressWarnings("unchecked") // JSON has no other names than strings
    private static Map<String, Object> asObject(final Object value) {
        return value instanceof final Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
