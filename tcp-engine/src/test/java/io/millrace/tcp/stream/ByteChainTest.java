package io.millrace.tcp.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import io.millrace.tcp.Seed;
import io.millrace.tcp.table.RecordSlab;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("A chain of bytes")
@Tag("D1")
class ByteChainTest {
    private static final int BLOCKS = 64;
    private static final int QUEUES = 3;
    /** Queues so far apart share a place for their cursors. */
    private static final int STRIDE = 64 << 8;

    private static final int LENT = 100_000;

    private final RecordSlab blocks = new RecordSlab("test", BLOCKS, ByteChain.BLOCK_LENGTH);
    private final MemoryRegion memory = MemoryRegion.allocate("queues", QUEUES * STRIDE + 2 * LENT);
    private final long lent = memory.address() + QUEUES * STRIDE;
    private final long target = lent + LENT;
    private final ByteChain chain = new ByteChain(blocks);

    @AfterEach
    void free() {
        blocks.close();
        memory.close();
    }

    private long queue(final int number) {
        return memory.address() + (long) number * STRIDE;
    }

    private byte[] read(final long queue, final int offset, final int count) {
        chain.copyOut(queue, offset, target, count);
        final byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) Memory.getUnsignedByte(target + i);
        }
        return bytes;
    }

    private int append(final long queue, final byte... bytes) {
        return chain.append(queue, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    /** The tokens of what has come back. */
    private List<Long> returned() {
        final List<Long> tokens = new ArrayList<>();
        int element = chain.takeReturned();
        while (element != RecordSlab.NONE) {
            tokens.add(chain.returnedToken(element));
            element = chain.freeReturned(element);
        }
        return tokens;
    }

    @Test
    void shouldGoOnReadingBehindWhatWasReadBefore() {
        final byte[] text = new byte[5 * ByteChain.BLOCK_LENGTH];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) (i * 31);
        }
        append(queue(0), text);
        for (int at = 0; at + 1448 <= text.length; at += 1448) {
            assertThat(read(queue(0), at, 1448)).as("at %d", at).isEqualTo(Arrays.copyOfRange(text, at, at + 1448));
        }
    }

    @Test
    void shouldReadFromTheFrontAgainAndBehindWhatIsGone() {
        final byte[] text = new byte[4 * ByteChain.BLOCK_LENGTH];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) (i * 17);
        }
        append(queue(0), text);
        read(queue(0), 9_000, 1_000);
        assertThat(read(queue(0), 0, 5)).isEqualTo(Arrays.copyOf(text, 5));
        read(queue(0), 9_000, 1_000);
        chain.discard(queue(0), 8_999);
        assertThat(read(queue(0), 1_000, 7)).isEqualTo(Arrays.copyOfRange(text, 9_999, 10_006));
        chain.discard(queue(0), 1_001);
        assertThat(read(queue(0), 0, 7)).isEqualTo(Arrays.copyOfRange(text, 10_000, 10_007));
    }

    @Test
    void shouldReturnWhatWasLentWhenTheLastByteIsGoneAndNotBefore() {
        append(queue(0), (byte) 1);
        Memory.fill(lent, 10, (byte) 2);
        assertThat(chain.lend(queue(0), lent, 10, 77)).isTrue();
        append(queue(0), (byte) 3);

        assertThat(read(queue(0), 0, 12)).containsExactly(1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3);
        chain.discard(queue(0), 10);
        assertThat(chain.hasReturned()).isFalse();
        chain.discard(queue(0), 1);
        assertThat(returned()).containsExactly(77L);
        assertThat(chain.hasReturned()).isFalse();
        assertThat(read(queue(0), 0, 1)).containsExactly(3);
        chain.clear(queue(0));
        assertThat(blocks.allocated()).isZero();
    }

    @Test
    void shouldLendNothingWhenThereIsNoBlock() {
        final byte[] all = new byte[BLOCKS * ByteChain.BLOCK_LENGTH];
        append(queue(0), all);
        final int length = chain.length(queue(0));
        assertThat(chain.lend(queue(0), lent, 10, 1)).isFalse();
        assertThat(chain.length(queue(0))).isEqualTo(length);
        assertThat(chain.lend(queue(1), lent, 10, 1)).isFalse();
        assertThat(chain.length(queue(1))).isZero();
    }

    /** What a queue should be, and what of it is lent. */
    private static final class Model {
        private byte[] bytes = {};
        private long gone;
        private long end;
        /** Ends of what was lent, as positions in the whole stream, and their tokens. */
        private final Deque<long[]> lent = new ArrayDeque<>();

        private void add(final byte[] more) {
            final ByteArrayOutputStream sum = new ByteArrayOutputStream();
            sum.writeBytes(bytes);
            sum.writeBytes(more);
            bytes = sum.toByteArray();
            end += more.length;
        }

        private List<Long> discard(final int count) {
            bytes = Arrays.copyOfRange(bytes, count, bytes.length);
            gone += count;
            final List<Long> returned = new ArrayList<>();
            while (!lent.isEmpty() && lent.peek()[0] <= gone) {
                returned.add(lent.poll()[1]);
            }
            return returned;
        }
    }

    @RepeatedTest(20)
    void shouldBehaveLikeAnArrayWhateverIsDone() {
        final SplittableRandom random = Seed.random();
        for (int i = 0; i < LENT; i++) {
            Memory.putByte(lent + i, (byte) random.nextInt());
        }
        final Model[] models = {new Model(), new Model(), new Model()};
        for (int step = 0; step < 3_000; step++) {
            final int which = random.nextInt(QUEUES);
            final long queue = queue(which);
            final Model model = models[which];
            switch (random.nextInt(5)) {
                case 0 -> {
                    final byte[] more = new byte[1 + random.nextInt(random.nextBoolean() ? 20_000 : 100)];
                    random.nextBytes(more);
                    model.add(Arrays.copyOf(more, append(queue, more)));
                }
                case 1 -> {
                    final int from = random.nextInt(LENT - 1);
                    final int count = 1 + random.nextInt(Math.min(LENT - from, 30_000));
                    if (chain.lend(queue, lent + from, count, step)) {
                        final byte[] same = new byte[count];
                        for (int i = 0; i < count; i++) {
                            same[i] = (byte) Memory.getUnsignedByte(lent + from + i);
                        }
                        model.add(same);
                        model.lent.add(new long[] {model.end, step});
                    }
                }
                case 2 -> {
                    final int count =
                            random.nextInt(4) == 0 ? model.bytes.length : random.nextInt(model.bytes.length + 1);
                    chain.discard(queue, count);
                    assertThat(returned()).isEqualTo(model.discard(count));
                }
                default -> {
                    if (model.bytes.length > 0) {
                        int at = random.nextInt(model.bytes.length);
                        for (int i = 0; i < 4 && at < model.bytes.length; i++) { // one piece behind the other
                            final int count = Math.min(model.bytes.length - at, 1 + random.nextInt(9_000));
                            assertThat(read(queue, at, count))
                                    .isEqualTo(Arrays.copyOfRange(model.bytes, at, at + count));
                            at += count;
                        }
                    }
                }
            }
            assertThat(chain.length(queue)).isEqualTo(model.bytes.length);
        }
        for (int i = 0; i < QUEUES; i++) {
            chain.clear(queue(i));
        }
        returned();
        assertThat(blocks.allocated()).isZero();
    }
}
