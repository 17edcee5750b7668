package io.millrace.dataplane.port;

import io.millrace.dataplane.wire.MacAddress;

/**
 * How a pair of {@link MemoryPort}s is made.
 *
 * @param queuePairs queues each way of each port, 1 to 128
 * @param queueCapacity frames that a queue holds at least
 * @param frames frames in the pool both ports share
 * @param dataRoom bytes of data a frame has room for
 * @param mtu largest IP packet, in bytes
 * @param checksumOffload whether checksums may be left to the port
 * @param segmentation whether large segments may be left to the port, with their checksums
 * @param rss how receive-side scaling is done
 * @param leftMac address of the left port
 * @param rightMac address of the right port
 */
public record MemoryPortConfig(
        int queuePairs,
        int queueCapacity,
        int frames,
        int dataRoom,
        int mtu,
        boolean checksumOffload,
        boolean segmentation,
        MemoryRss rss,
        MacAddress leftMac,
        MacAddress rightMac) {
    private static final int DEFAULT_FRAMES = 8192;
    private static final int DEFAULT_QUEUE = 1024;
    private static final int DEFAULT_DATA_ROOM = 2048;
    private static final int DEFAULT_MTU = 1500;

    /** Checks the values. */
    public MemoryPortConfig {
        if (queuePairs < 1 || queuePairs > 128) {
            throw new IllegalArgumentException("queuePairs " + queuePairs + ": must be 1 to 128");
        }
        if (mtu < 68 || mtu + 18 > dataRoom) {
            throw new IllegalArgumentException(
                    "mtu " + mtu + ": must be 68 to " + (dataRoom - 18) + " with " + dataRoom + " bytes of data room");
        }
    }

    /** One queue pair, 8192 frames of 2048 bytes, MTU 1500, software checksums, addresses 02:…:01 and 02:…:02. */
    public static MemoryPortConfig defaults() {
        return new MemoryPortConfig(
                1,
                DEFAULT_QUEUE,
                DEFAULT_FRAMES,
                DEFAULT_DATA_ROOM,
                DEFAULT_MTU,
                false,
                false,
                MemoryRss.RIGHT,
                MacAddress.parse("02:00:00:00:00:01"),
                MacAddress.parse("02:00:00:00:00:02"));
    }

    /** The same with another number of queue pairs. */
    public MemoryPortConfig withQueuePairs(final int pairs) {
        return new MemoryPortConfig(
                pairs, queueCapacity, frames, dataRoom, mtu, checksumOffload, segmentation, rss, leftMac, rightMac);
    }

    /** The same with another number of frames in the pool. */
    public MemoryPortConfig withFrames(final int count) {
        return new MemoryPortConfig(
                queuePairs, queueCapacity, count, dataRoom, mtu, checksumOffload, segmentation, rss, leftMac, rightMac);
    }

    /** The same with queues that hold at least so many frames. */
    public MemoryPortConfig withQueueCapacity(final int capacity) {
        return new MemoryPortConfig(
                queuePairs, capacity, frames, dataRoom, mtu, checksumOffload, segmentation, rss, leftMac, rightMac);
    }

    /** The same with another largest IP packet, in bytes. */
    public MemoryPortConfig withMtu(final int bytes) {
        return new MemoryPortConfig(
                queuePairs,
                queueCapacity,
                frames,
                dataRoom,
                bytes,
                checksumOffload,
                segmentation,
                rss,
                leftMac,
                rightMac);
    }

    /** The same with or without checksum offload. */
    public MemoryPortConfig withChecksumOffload(final boolean offload) {
        return new MemoryPortConfig(
                queuePairs, queueCapacity, frames, dataRoom, mtu, offload, segmentation, rss, leftMac, rightMac);
    }

    /** The same with or without segmentation, which goes with checksum offload. */
    public MemoryPortConfig withSegmentation(final boolean offload) {
        return new MemoryPortConfig(
                queuePairs, queueCapacity, frames, dataRoom, mtu, offload, offload, rss, leftMac, rightMac);
    }

    /** The same with another way of receive-side scaling. */
    public MemoryPortConfig withRss(final MemoryRss way) {
        return new MemoryPortConfig(
                queuePairs,
                queueCapacity,
                frames,
                dataRoom,
                mtu,
                checksumOffload,
                segmentation,
                way,
                leftMac,
                rightMac);
    }
}
