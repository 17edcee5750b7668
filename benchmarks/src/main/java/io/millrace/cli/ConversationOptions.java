package io.millrace.cli;

import io.millrace.bench.load.Conversation;
import io.millrace.bench.load.Conversation.Side;
import java.util.List;
import picocli.CommandLine.Option;

/** What each connection of a benchmark is for. */
final class ConversationOptions implements Checked {
    @Option(
            names = "--close-first",
            paramLabel = "SIDE",
            description = "server or client: who closes first has the TIME_WAIT entry (default: ${DEFAULT-VALUE}).")
    private String closeFirst = "server";

    @Option(
            names = "--close-by",
            paramLabel = "HOW",
            description = "fin, or rst, which leaves no TIME_WAIT entry (default: ${DEFAULT-VALUE}).")
    private String closeBy = "fin";

    @Option(
            names = "--request",
            converter = Quantity.Count.class,
            paramLabel = "BYTES",
            description = "The client sends so many, and the server sends them back, before they close; 0: none"
                    + " (default: ${DEFAULT-VALUE}).")
    private long request = 0;

    @Override
    public void check(final List<String> errors) {
        Checked.oneOf(errors, "--close-first", closeFirst, List.of("server", "client"));
        Checked.oneOf(errors, "--close-by", closeBy, List.of("fin", "rst"));
        Checked.within(errors, "--request", request, 0, Conversation.MAX_REQUEST);
        if (closeBy.equals("rst") && serverCloses() == request > 0) {
            errors.add("--close-by rst: "
                    + (serverCloses()
                            ? "the server's reset would overtake its answer; give --request 0 or --close-first client"
                            : "the client's reset would overtake its ACK; give --request 1 or --close-first server"));
        }
    }

    private boolean serverCloses() {
        return closeFirst.equals("server");
    }

    Conversation toConversation() {
        return new Conversation((int) request, serverCloses() ? Side.SERVER : Side.CLIENT, closeBy.equals("rst"));
    }
}
