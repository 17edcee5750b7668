package io.millrace.cli;

import io.millrace.dataplane.port.decorator.CaptureFilter;
import io.millrace.dataplane.port.decorator.CaptureReader;
import io.millrace.dataplane.port.decorator.CaptureSettings;
import io.millrace.dataplane.port.decorator.CaptureTranscript;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemEpochNanoClock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace capture}: makes pcapng of the frames that a process keeps in a ring, while it runs or after it died. */
@Command(
        name = "capture",
        description = "Make pcapng of the frames that 'serve --capture FILE,last=N' keeps in FILE.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class CaptureCommand implements Callable<Integer>, Checked {
    private static final long PAUSE_MILLIS = 50;

    @Parameters(paramLabel = "FILE", description = "The file that the process was given.")
    private Path ring;

    @Option(
            names = {"-w", "--write"},
            paramLabel = "FILE",
            description = "Where the pcapng goes; - is the standard output, for a pipe (default: ${DEFAULT-VALUE}).")
    private String output = "-";

    @Option(
            names = "--last",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Only the last N frames (default: all that are kept).")
    private long last;

    @Option(
            names = "--filter",
            converter = FilterConverter.class,
            paramLabel = "EXPRESSION",
            description = "Only frames that match, as of tcpdump.")
    private CaptureFilter filter = CaptureFilter.ALL;

    @Option(names = "--follow", description = "Go on with what comes, until the process ends or an interrupt.")
    private boolean follow;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Reads a filter. */
    static final class FilterConverter implements ITypeConverter<CaptureFilter> {
        @Override
        public CaptureFilter convert(final String text) {
            return Converters.read(CaptureFilter::parse, text);
        }
    }

    @Override
    public void check(final List<String> errors) {
        if (last != 0) {
            Checked.within(errors, "--last", last, 1, CaptureSettings.MAX_FRAMES);
            if (follow) {
                errors.add("--last with --follow: give one of them");
            }
        }
        if (output.equals("-") && Terminal.onStdout()) {
            errors.add("pcapng is not for a terminal: give --write FILE, or pipe it into tshark -r -");
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        final CaptureReader reader = open();
        try {
            final CaptureTranscript transcript = new CaptureTranscript(reader, filter, channel());
            try {
                if (follow) {
                    followUntilEnd(reader, transcript);
                } else {
                    transcript.writeLast(last == 0 ? reader.keep() : (int) last);
                }
            } finally {
                transcript.finish(SystemEpochNanoClock.INSTANCE.nanoTime());
            }
            spec.commandLine()
                    .getErr()
                    .println("millrace: " + transcript.written() + " frames written"
                            + (reader.lost() == 0 ? "" : ", " + reader.lost() + " overwritten before they were read"));
            return Millrace.OK;
        } catch (final IOException e) {
            throw new BadInputException("--write " + output + ": " + e, e);
        }
    }

    private void followUntilEnd(final CaptureReader reader, final CaptureTranscript transcript)
            throws IOException, InterruptedException {
        final CountDownLatch end = new CountDownLatch(1);
        try (Interrupts interrupts = Interrupts.handledBy(end::countDown)) {
            boolean alive = true;
            while (alive && !end.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                alive = reader.isWriterAlive(); // asked before the ring is read, so that its last frames are
                transcript.follow();
            }
            interrupts.exitCode(Millrace.OK);
        }
    }

    private CaptureReader open() {
        try {
            return CaptureReader.open(ring);
        } catch (final NoSuchFileException e) {
            throw new BadInputException(ring + ": no such file; make one by serve --capture " + ring + ",last=64k", e);
        } catch (final IOException e) {
            throw new BadInputException(ring + " can't be read: " + e, e);
        } catch (final IllegalArgumentException e) {
            throw new BadInputException(e.getMessage() + "; make one by serve --capture FILE,last=64k", e);
        }
    }

    private WritableByteChannel channel() throws IOException {
        return output.equals("-")
                ? new FileOutputStream(FileDescriptor.out).getChannel()
                : FileChannel.open(
                        Path.of(output),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
    }
}
