package io.millrace.bench.report;

import io.millrace.bench.io.IoJson;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.stream.StreamJson;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kinds of results, told by the first member of their JSON, and what becomes of each. */
enum Schema {
    /** Of connections that open and close. */
    CONNECTIONS(ResultJson.SCHEMA, ReportPage::of, Set.of()),
    /** Of what goes over connections that stay open. */
    STREAM(StreamJson.SCHEMA, StreamPage::of, StreamJson.SETTINGS),
    /** Of what receiving and sending costs. */
    IO(IoJson.SCHEMA, IoPage::of, IoJson.SETTINGS);

    private final String name;
    private final Function<ResultDocument, String> page;
    private final Set<String> settings;

    Schema(final String name, final Function<ResultDocument, String> page, final Set<String> settings) {
        this.name = name;
        this.page = page;
        this.settings = settings;
    }

    /** The one of this name. */
    static Optional<Schema> of(final Object name) {
        return Arrays.stream(values())
                .filter(schema -> schema.name.equals(name))
                .findFirst();
    }

    /** All names, for messages. */
    static String names() {
        return Arrays.stream(values()).map(Schema::toString).collect(Collectors.joining(", "));
    }

    /** A result of this kind as a page. */
    String page(final ResultDocument result) {
        return page.apply(result);
    }

    /** Where in a result of this kind the nodes tell of themselves. */
    List<List<String>> nodes(final ResultDocument result) {
        return switch (this) {
            case CONNECTIONS -> List.of(List.of("server"), List.of("generator"));
            case STREAM ->
                StreamPairing.of(result).stream()
                        .flatMap(pairing -> Stream.of("server", "client").map(node -> List.of(pairing.key(), node)))
                        .toList();
            case IO -> List.of(List.of("port"));
        };
    }

    /** Those of its members at the top level that are settings; none where they are apart. */
    Set<String> settings() {
        return settings;
    }

    @Override
    public String toString() {
        return name;
    }
}
