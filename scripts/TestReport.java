import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What a test run says about itself, read from JUnit's reports of all modules: which tests were skipped and why, and
 * which clause of {@code docs/rfc-clauses.md} is held by which tests ({@code target/rfc-matrix.md}). The last line sums
 * up in Surefire's words, a class that could not start counting as one test. Exit code 1 when a test failed or none
 * ran. Run by {@code scripts/test}: {@code java scripts/TestReport.java ROOT}.
 */
final class TestReport {

    /** In the order in which one hides another: a clause with one failed test has failed. */
    enum Outcome {
        FAILED,
        ERROR,
        SKIPPED,
        PASSED;

        static Outcome of(final Element result, final Element throwable) {
            return switch (result.getAttribute("status")) {
                case "SUCCESSFUL" -> PASSED;
                case "ABORTED", "SKIPPED" -> SKIPPED;
                default -> throwable != null && throwable.getAttribute("assertionError").equals("true") ? FAILED : ERROR;
            };
        }
    }

    /** One node of JUnit's report, a test or a container of tests. */
    record Node(String name, boolean test, TreeSet<String> tags) {}

    private static final Pattern CLAUSE_TAG = Pattern.compile("[CDHNRT][0-9]+");
    private static final Pattern CLAUSE_ROW = Pattern.compile("\\| *([CDHNRT][0-9]+) *\\| *(.*?) *\\|");

    private final Map<String, List<String>> skipped = new LinkedHashMap<>();
    private final List<String> failed = new ArrayList<>();
    private final Map<String, Map<String, Outcome>> testsOfClause = new TreeMap<>();
    private final Map<Outcome, Integer> total = new EnumMap<>(Outcome.class);

    public static void main(final String[] arguments) throws Exception {
        final Path root = Path.of(arguments[0]);
        final TestReport report = new TestReport();
        for (final Path file : reports(root)) {
            report.read(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()));
        }
        report.printSkippedAndFailed();
        report.writeMatrix(root);
        System.exit(report.printTotal());
    }

    private static List<Path> reports(final Path root) throws IOException {
        final Path tail = Path.of("target", "junit-report", "open-test-report.xml");
        try (Stream<Path> files = Files.find(root, 4, (path, attributes) -> path.endsWith(tail))) {
            return files.sorted().toList();
        }
    }

    private static Iterable<Element> elements(final NodeList nodes) {
        final List<Element> elements = new ArrayList<>(nodes.getLength());
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static Element first(final Element parent, final String name) {
        return (Element) parent.getElementsByTagName(name).item(0);
    }

    private void read(final Document document) {
        final Map<String, Node> nodes = new HashMap<>();
        for (final Element started : elements(document.getElementsByTagName("e:started"))) {
            final TreeSet<String> tags = new TreeSet<>();
            elements(started.getElementsByTagName("tag")).forEach(tag -> tags.add(tag.getTextContent()));
            final boolean test = first(started, "junit:type").getTextContent().equals("TEST");
            nodes.put(started.getAttribute("id"), new Node(nameOf(started), test, tags));
        }
        for (final Element finished : elements(document.getElementsByTagName("e:finished"))) {
            final Element throwable = first(finished, "java:throwable");
            final Element reason = throwable != null ? throwable : first(finished, "reason");
            record(
                    nodes.get(finished.getAttribute("id")),
                    Outcome.of(first(finished, "result"), throwable),
                    reason == null ? "" : reason.getTextContent());
        }
    }

    /** The class, or the class and the method: all invocations of a parametrised test share it. */
    private static String nameOf(final Element started) {
        final Element method = first(started, "java:methodSource");
        if (method != null) {
            return simple(method.getAttribute("className")) + "." + method.getAttribute("methodName");
        }
        final Element type = first(started, "java:classSource");
        return type != null ? simple(type.getAttribute("className")) : started.getAttribute("name");
    }

    private static String simple(final String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    private void record(final Node node, final Outcome outcome, final String reason) {
        // A container that passed says nothing of its own: its tests do.
        if (!node.test() && outcome == Outcome.PASSED) {
            return;
        }
        total.merge(outcome, 1, Integer::sum);
        if (outcome == Outcome.SKIPPED) {
            skipped.computeIfAbsent(oneLine(reason), key -> new ArrayList<>()).add(node.name());
        } else if (outcome != Outcome.PASSED) {
            failed.add(node.name() + ": " + oneLine(reason));
        }
        for (final String tag : node.tags()) {
            if (CLAUSE_TAG.matcher(tag).matches()) {
                testsOfClause
                        .computeIfAbsent(tag, key -> new TreeMap<>())
                        .merge(node.name(), outcome, (a, b) -> a.compareTo(b) < 0 ? a : b);
            }
        }
    }

    /** The message without the exception's class and its stack. */
    private static String oneLine(final String reason) {
        final String message = reason.lines()
                .takeWhile(line -> !line.startsWith("\tat "))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .limit(4)
                .collect(Collectors.joining(" "))
                .replaceFirst("^(org\\.opentest4j|java\\.lang)\\.[A-Za-z]+: (Assumption failed: )?", "");
        return message.isEmpty() ? "no reason given" : message;
    }

    private void printSkippedAndFailed() {
        System.out.printf("%nSkipped: %d%n", total.getOrDefault(Outcome.SKIPPED, 0));
        skipped.forEach((reason, tests) ->
                System.out.printf("  %s: %s%n", reason, String.join(", ", new TreeSet<>(tests))));
        if (!failed.isEmpty()) {
            System.out.printf("Failed: %d%n  %s%n", failed.size(), String.join(System.lineSeparator() + "  ", failed));
        }
    }

    private void writeMatrix(final Path root) throws IOException {
        final Map<String, String> clauses = new LinkedHashMap<>();
        for (final String line : Files.readAllLines(root.resolve("docs/rfc-clauses.md"))) {
            final var row = CLAUSE_ROW.matcher(line);
            if (row.lookingAt()) {
                clauses.put(row.group(1), row.group(2));
            }
        }
        testsOfClause.keySet().forEach(tag -> clauses.putIfAbsent(tag, "(not in docs/rfc-clauses.md)"));

        final StringBuilder matrix = new StringBuilder("# Clauses and the tests that hold them\n\n"
                + "Made by `scripts/test` from the tags of the tests.\n\n| clause | what | result | tests |\n|---|---|---|---|\n");
        final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        clauses.forEach((clause, what) -> {
            final Map<String, Outcome> tests = testsOfClause.getOrDefault(clause, Map.of());
            tests.values().stream().min(Outcome::compareTo).ifPresent(worst -> counts.merge(worst, 1, Integer::sum));
            matrix.append("| %s | %s | %s | %s |%n".formatted(clause, what, result(tests), String.join("<br>", tests.keySet())));
        });
        final Path file = Files.createDirectories(root.resolve("target")).resolve("rfc-matrix.md");
        Files.writeString(file, matrix);
        System.out.printf(
                "RFC clauses: %d with passing tests, %d with failed ones, %d skipped, %d of %d without a test; see %s%n",
                counts.getOrDefault(Outcome.PASSED, 0),
                counts.getOrDefault(Outcome.FAILED, 0) + counts.getOrDefault(Outcome.ERROR, 0),
                counts.getOrDefault(Outcome.SKIPPED, 0),
                clauses.size() - testsOfClause.size(),
                clauses.size(),
                root.relativize(file));
    }

    private static String result(final Map<String, Outcome> tests) {
        final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        tests.values().forEach(outcome -> counts.merge(outcome, 1, Integer::sum));
        final List<String> words = new ArrayList<>();
        counts.forEach((outcome, count) -> words.add(count + " " + outcome.name().toLowerCase(Locale.ROOT)));
        return words.isEmpty() ? "no test" : String.join(", ", words);
    }

    private int printTotal() {
        final int failures = total.getOrDefault(Outcome.FAILED, 0);
        final int errors = total.getOrDefault(Outcome.ERROR, 0);
        System.out.printf(
                "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d%n",
                total.values().stream().mapToInt(Integer::intValue).sum(),
                failures,
                errors,
                total.getOrDefault(Outcome.SKIPPED, 0));
        return failures + errors > 0 || total.isEmpty() ? 1 : 0;
    }
}
