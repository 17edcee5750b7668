package io.millrace.cli;

import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.decorator.CaptureRing;
import io.millrace.dataplane.port.decorator.CaptureStream;
import io.millrace.dataplane.port.decorator.FaultInjector;
import io.millrace.dataplane.port.decorator.PcapTap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.OffsetEpochNanoClock;
import org.agrona.concurrent.SystemNanoClock;
import picocli.CommandLine.Option;

/**
 * The options that put something round each port as it is opened: a bad cable, and outside of that a tap, so that a capture
 * shows what the engine received and sent. Used by the main thread.
 */
final class PortDecoration implements AutoCloseable {
    @Option(
            names = "--capture",
            converter = CaptureOption.Converter.class,
            paramLabel = "FILE[,…]",
            description = "Write what the ports carry to a pcapng file. With last=N keep the last N frames in FILE"
                    + " instead, for 'millrace capture FILE'. Further: filter=EXPRESSION as of tcpdump, snap=BYTES.")
    private CaptureOption capture;

    @Option(
            names = "--faults",
            converter = FaultsOption.Converter.class,
            paramLabel = "FAULT,…",
            description = "A bad cable, for tests and demonstrations: loss=1%%, burst=0.5%%/25%%, duplicate=1%%,"
                    + " corrupt=1%%, reorder=1%%, reorder-by=1ms, delay=20ms, jitter=5ms, rate=10M (bytes/s), queue=256k,"
                    + " seed=42; with rx. or tx. before it, one direction.")
    private FaultsOption faults;

    private UnaryOperator<PacketPort> innermost = UnaryOperator.identity();
    private int innermostHolds;
    private final List<PcapTap> taps = new ArrayList<>();
    private final List<CounterBlock> counters = new ArrayList<>();
    private Function<String, CounterBlock> newBlock = CounterBlock::allocate;
    /** What ends the capture. */
    private Optional<Runnable> running = Optional.empty();

    /** Where fault injectors and the capture count: before the first port. */
    void countIn(final Function<String, CounterBlock> blocks) {
        newBlock = blocks;
    }

    /** Puts something else round each port, inside of all that; {@code frames} is what it holds of a port's frames. */
    void within(final UnaryOperator<PacketPort> decorator, final int frames) {
        innermost = decorator;
        innermostHolds = frames;
    }

    /** The port as the engine is to see it; closing it closes the port. */
    PacketPort around(final PacketPort port) {
        PacketPort outermost = innermost.apply(port);
        if (faults != null) {
            final FaultInjector injector = new FaultInjector(
                    outermost, faults.receiving(), faults.sending(), faults.seed(), SystemNanoClock.INSTANCE, newBlock);
            counters.addAll(injector.counters());
            outermost = injector;
        }
        if (capture != null) {
            final PcapTap tap = new PcapTap(outermost);
            taps.add(tap);
            outermost = tap;
        }
        return outermost;
    }

    /** Frames that a port's pool needs beyond the engine's, for those under way in what is round it. */
    int framesHeld(final int queuePairs) {
        return innermostHolds + (faults == null ? 0 : FaultInjector.FRAMES_HELD * queuePairs);
    }

    /** What fault injectors and the capture count. */
    List<CounterBlock> counters() {
        return counters;
    }

    /** Begins to capture, if so asked, over all ports opened so far; before the engine starts, so that nothing is missed. */
    void startCapture() {
        if (capture == null) {
            return;
        }
        final OffsetEpochNanoClock clock = new OffsetEpochNanoClock();
        try {
            if (capture.keepsLast()) {
                final CaptureRing ring = CaptureRing.inFile(capture.file(), taps, capture.settings(), clock);
                running = Optional.of(ring::close);
                return;
            }
            final CounterBlock block = newBlock.apply("capture");
            counters.add(block);
            final FileChannel file = FileChannel.open(
                    capture.file(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            final CaptureStream stream = CaptureStream.start(taps, capture.settings(), file, clock, block);
            running = Optional.of(stream::close);
        } catch (final UncheckedIOException e) {
            throw new BadInputException("--capture: " + e.getMessage(), e);
        } catch (final IOException e) {
            throw new BadInputException("--capture " + capture.file() + " can't be written: " + e, e);
        }
    }

    /** Ends the capture: after the engine, before the ports. */
    @Override
    public void close() {
        running.ifPresent(Runnable::run);
        running = Optional.empty();
    }
}
