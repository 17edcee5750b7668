package io.millrace.linux.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One line of {@code shapes.txt}: how a connection opens and closes.
 *
 * @param index of its line among the shapes, which its port is made of.
 * @param name of the shape.
 * @param opener what the side that opens does.
 * @param acceptor what the other side does; {@code -} alone where nobody listens.
 */
record Shape(int index, String name, List<Step> opener, List<Step> acceptor) {
    /** Where the shapes are, from the module's directory. */
    static final Path FILE = Path.of("src", "test", "resources", "shapes.txt");
    /** The kernel's side of them. */
    static final Path SCRIPT = Path.of("src", "test", "resources", "shapes.py");

    private static final Set<String> ENDS = Set.of("close", "abort", "reset", "refused", "give-up");

    /**
     * One step of one side.
     *
     * @param word what to do.
     * @param bytes how many; 0 where there are none.
     */
    record Step(String word, int bytes) {
        private static Step parse(final String text) {
            final int colon = text.indexOf(':');
            return colon < 0
                    ? new Step(text, 0)
                    : new Step(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        }
    }

    static List<Shape> readAll(final Path file) throws IOException {
        final List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        return IntStream.range(0, lines.size())
                .mapToObj(i -> parse(i, lines.get(i)))
                .toList();
    }

    private static Shape parse(final int index, final String line) {
        final List<String> words = Arrays.asList(line.trim().split(" +"));
        final List<Step> opener = new ArrayList<>();
        int next = 1;
        do {
            opener.add(Step.parse(words.get(next)));
        } while (!ENDS.contains(words.get(next++)));
        if (words.get(next).equals("lost")) {
            opener.add(Step.parse(words.get(next++)));
        }
        return new Shape(
                index,
                words.getFirst(),
                List.copyOf(opener),
                words.subList(next, words.size()).stream().map(Step::parse).toList());
    }

    /** Whether its connections use the same local port over and over. */
    boolean isSameTuple() {
        return name.endsWith("-same-tuple");
    }

    /** Whether somebody listens. */
    boolean isListenedFor() {
        return !acceptor.getFirst().word().equals("-");
    }

    /** Whether each of its connections comes to the other side. */
    boolean isSeen() {
        return isListenedFor() && !acceptor.getFirst().word().equals("maybe");
    }

    /** Bytes that a side sends ({@code send}) or receives ({@code recv}) in one connection. */
    static long bytes(final List<Step> steps, final String word) {
        return steps.stream()
                .filter(step -> step.word().startsWith(word))
                .mapToLong(Step::bytes)
                .sum();
    }

    /** How many of the steps are this one. */
    static long count(final List<Step> steps, final String word) {
        return steps.stream().filter(step -> step.word().equals(word)).count();
    }
}
