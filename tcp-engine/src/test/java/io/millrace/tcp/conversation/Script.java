package io.millrace.tcp.conversation;

import io.millrace.dataplane.counters.Counter;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpOccupancy;
import java.util.Locale;

/**
 * The language of conversations, one step a line, {@code #} begins a comment.
 *
 * <pre>
 * listen 7 echo                     an application: echo, sink, hold, later or close; then, if wanted,
 *                                   backlog N, cookies, drop-oldest, drop-newest, manual (no auto-accept),
 *                                   abort-on-overflow
 * unlisten 7
 * accept 7 2                        the application accepts two connections (one, if not said) of a manual listener
 * connect 80                        the engine opens to the peer's port 80, application sink
 * peer 40001                        from here on the peer's port is this one
 * to 9                              and the engine's is this one; it is the last listener's otherwise
 * isn 4294967295                    the peer's next initial sequence number
 * engine-isn 4294967295             the engine's
 * renew 5000                        the flow begins anew, with this ISN
 * &gt; S seq 0 &lt;mss 1460, sackOK&gt;       the peer sends; what is not said follows from before
 * &lt; SA seq 0 ack 1 &lt;mss, ...&gt;       the engine has sent just this; what is not said does not matter
 * icmp port-unreachable seq 0       a router sends an error about the engine's segment with this number; also
 *                                   host-unreachable, network-unreachable,
 *                                   protocol-unreachable, prohibited, time-exceeded, parameter-problem, source-quench, and
 *                                   too-big mtu 1000 seq 1 text 1448
 * +1000ms                           time passes
 * +1000ms &lt; SA                      this comes then, and nothing before it
 * +100..300ms &lt; A                   this comes within these bounds
 * silence                           nothing has come; silence 5s: nor will it within 5 s
 * skip                              forgets what has come
 * app write 100                     also: take 100 (later), close, shutdown, shutdown-input, abort,
 *                                   resume
 * event open                        what the application was told next: open, data 5, urgent 3, end, writable, closed NORMAL,
 *                                   network-error HOST_UNREACHABLE
 * no event
 * state ESTABLISHED                 of the present connection; none: it is over
 * half-open 1                       also: connections, time-wait, waiting (in accept queues), flight-records
 * count LISTEN_OVERFLOWS 1
 * </pre>
 *
 * Numbers are relative to the initial sequence number of their direction, or absolute after {@code =}; SACK edges are
 * relative too, windows are fields as they stand, {@code ecn} is the codepoint: 2 for ECT(0), 3 for CE. Flags are letters of {@code FSRPAUEW}, a dot for none. A segment of the
 * peer without an option list carries timestamps where they were negotiated. The text of either side is a pattern that
 * depends on the relative sequence number, so that every byte is checked without a word about it in the script.
 */
final class Script {
    private static final int TOLERANCE_MS = 2;

    private final Conversation talk;

    Script(final Conversation talk) {
        this.talk = talk;
    }

    void run(final String script) {
        for (final String line : script.lines().toList()) {
            final int comment = line.indexOf('#');
            final String step = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!step.isEmpty()) {
                step(step);
            }
        }
    }

    private void step(final String step) {
        final String[] word = step.split("\\s+");
        switch (word[0]) {
            case ">" -> talk.send(SegmentLine.parse(step.substring(1).strip()));
            case "<" -> expect(step, talk.next());
            case "icmp" -> icmp(word);
            case "silence" -> silence(word);
            case "skip" -> talk.flow().arrivals.clear();
            case "listen" -> listen(word);
            case "unlisten" -> {
                talk.engine().unlisten(integer(word[1]));
                talk.poll();
            }
            case "accept" -> {
                talk.listener(integer(word[1])).accept(word.length > 2 ? integer(word[2]) : 1);
                talk.poll();
            }
            case "connect" -> talk.connect(integer(word[1]));
            case "peer" -> talk.peer(integer(word[1]));
            case "to" -> talk.to(integer(word[1]));
            case "isn" -> talk.flow().isn(integer(word[1]));
            case "engine-isn" -> talk.engineIsn(integer(word[1]));
            case "renew" -> talk.renew(integer(word[1]));
            case "app" -> application(step, word);
            case "event" -> event(step.substring(5).strip());
            case "no" ->
                check(
                        step,
                        "none",
                        talk.events().isEmpty() ? "none" : talk.events().peek());
            case "count" -> check(step, word[2], String.valueOf(talk.count(Counter.valueOf(word[1]))));
            case "state" -> {
                final TcpConnection connection = talk.currentConnection();
                check(
                        step,
                        word[1],
                        connection == null ? "none" : connection.state().name());
            }
            case "half-open", "connections", "time-wait", "waiting", "flight-records" -> occupancy(step, word);
            default -> {
                if (!word[0].startsWith("+")) {
                    throw new IllegalArgumentException("no step is called " + step);
                }
                timed(step, word[0]);
            }
        }
    }

    private void check(final String step, final String expected, final String actual) {
        talk.note(step);
        if (!expected.equals(actual)) {
            throw talk.failure(step + ", but it is " + actual);
        }
    }

    /** A segment is due now. */
    private void expect(final String step, final Flow.Arrival arrival) {
        if (arrival == null) {
            throw talk.failure("expected " + step + ", but nothing came");
        }
        final SegmentLine line =
                SegmentLine.parse(step.substring(step.indexOf("< ") + 1).strip());
        final String wrong = line.mismatch(talk.flow(), arrival.segment());
        if (!wrong.isEmpty()) {
            throw talk.failure("expected " + step + "\n but got   < "
                    + SegmentLine.write(talk.flow(), arrival.segment(), true) + "\n differs in" + wrong);
        }
    }

    private void timed(final String step, final String delay) {
        final String rest = step.substring(delay.length()).strip();
        final String[] bounds = delay.substring(1).split("\\.\\.");
        final boolean range = bounds.length == 2;
        final long last = millis(bounds[bounds.length - 1]);
        final long first = range ? Long.parseLong(bounds[0]) * millis(unit(bounds[1])) : last;
        if (!rest.startsWith("< ")) {
            talk.advance(last);
            if (!rest.isEmpty()) {
                step(rest);
            }
            return;
        }
        final long start = talk.nowMs();
        final long earliest = start + first - (range ? 0 : TOLERANCE_MS);
        final long latest = start + last + (range ? 0 : TOLERANCE_MS);
        while (talk.flow().arrivals.isEmpty() && talk.nowMs() < latest) {
            talk.advance(1);
        }
        final Flow.Arrival arrival = talk.next();
        if (arrival != null && arrival.atMs() < earliest) {
            throw talk.failure("expected " + step + ", but it came " + (arrival.atMs() - start) + " ms after");
        }
        expect(step, arrival);
    }

    private static String unit(final String time) {
        return time.replaceAll("[0-9]+", "1");
    }

    private void silence(final String[] word) {
        if (word.length > 1) {
            talk.advance(millis(word[1]));
        }
        final Flow.Arrival arrival = talk.next();
        if (arrival != null) {
            throw talk.failure(
                    "expected silence, but got < " + SegmentLine.write(talk.flow(), arrival.segment(), true));
        }
    }

    private void icmp(final String[] word) {
        int mtu = 0;
        int seq = 0;
        int text = 0;
        for (int i = 2; i < word.length; i += 2) {
            switch (word[i]) {
                case "mtu" -> mtu = integer(word[i + 1]);
                case "seq" -> seq = integer(word[i + 1]);
                case "text" -> text = integer(word[i + 1]);
                default -> throw new IllegalArgumentException("an ICMP error has no " + word[i]);
            }
        }
        final IcmpErrorLine.Kind kind = IcmpErrorLine.Kind.valueOf(constant(word[1]));
        talk.send(new IcmpErrorLine(kind, mtu), seq, text);
    }

    private static String constant(final String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private void listen(final String[] word) {
        int backlog = 64;
        boolean autoAccept = true;
        ListenConfig.AcceptOverflow acceptOverflow = ListenConfig.AcceptOverflow.HOLD;
        ListenConfig.SynOverflow overflow = ListenConfig.SynOverflow.COOKIES;
        for (int i = 3; i < word.length; i++) {
            switch (word[i]) {
                case "backlog" -> backlog = integer(word[++i]);
                case "manual" -> autoAccept = false;
                case "abort-on-overflow" -> acceptOverflow = ListenConfig.AcceptOverflow.RESET;
                default -> overflow = ListenConfig.SynOverflow.valueOf(constant(word[i]));
            }
        }
        talk.listen(
                ListenConfig.onPort(integer(word[1]))
                        .withBacklog(backlog)
                        .withOverflow(overflow)
                        .withAcceptOverflow(acceptOverflow)
                        .withAutoAccept(autoAccept),
                ScriptedApplication.Manner.valueOf(word[2].toUpperCase(Locale.ROOT)));
    }

    private void application(final String step, final String[] word) {
        talk.note(step);
        final TcpConnection connection = talk.currentConnection();
        if (connection == null) {
            throw talk.failure(step + ", but the connection is over");
        }
        switch (word[1]) {
            case "write" -> {
                final int taken = talk.writeSome(integer(word[2]));
                check(step, String.valueOf(taken), word.length > 4 ? word[4] : word[2]); // app write 100 takes 50
            }
            case "take" -> talk.take(integer(word[2]));
            case "close" -> connection.close();
            case "shutdown" -> connection.shutdownOutput();
            case "shutdown-input" -> connection.shutdownInput();
            case "abort" -> connection.abort();
            case "resume" -> connection.resume();
            default -> throw new IllegalArgumentException("an application cannot " + step);
        }
        talk.poll();
    }

    private void event(final String expected) {
        final String actual = talk.events().poll();
        check("event " + expected, expected, actual == null ? "none" : actual);
    }

    private void occupancy(final String step, final String[] word) {
        final TcpOccupancy occupancy = talk.occupancy();
        final long actual = switch (word[0]) {
            case "half-open" -> occupancy.halfOpen();
            case "connections" -> occupancy.connections();
            case "waiting" -> occupancy.acceptQueue();
            case "flight-records" -> talk.count(Counter.FLIGHT_RECORDS);
            default -> occupancy.timeWait();
        };
        check(step, word[1], String.valueOf(actual));
    }

    private static int integer(final String word) {
        return (int) Long.parseLong(word);
    }

    private static long millis(final String time) {
        if (time.endsWith("ms")) {
            return Long.parseLong(time.substring(0, time.length() - 2));
        }
        if (time.endsWith("s")) {
            return 1_000 * Long.parseLong(time.substring(0, time.length() - 1));
        }
        throw new IllegalArgumentException("a time needs its unit, ms or s: " + time);
    }
}
