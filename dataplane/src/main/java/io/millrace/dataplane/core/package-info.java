/**
 * What runs on the polling threads between the ports and TCP, in two arrangements:
 *
 * <pre>
 *  run to completion   queue s of each port → shard s → queue s of that port
 *  pipeline            queues, dealt out → IO cores → FrameRings → shards → FrameRings → IO cores → queues
 * </pre>
 *
 * <p>{@link io.millrace.dataplane.core.Datapath} builds either; {@link io.millrace.dataplane.core.AgentsInTurn} puts all of
 * it on one thread. A shard sees only its {@link io.millrace.dataplane.core.ShardEndpoint}, the same in both. A frame names
 * its port ({@code Mbuf.port}), so that whoever sends or frees it needs to know nothing else.
 *
 * <p>{@code Datapath}, {@code AttachedPort} and {@code PollingThread} belong to a control thread, every other class to one
 * polling thread, which gets commands by its {@link io.millrace.dataplane.core.CommandQueue}. Used by the TCP engine.
 */
package io.millrace.dataplane.core;
