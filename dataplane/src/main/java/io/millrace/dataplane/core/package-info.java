/**
 * What runs on the polling threads between a port and TCP, in two arrangements:
 *
 * <pre>
 *  run to completion   port queue s → shard s → port queue s
 *  pipeline            port queue 0 → IO core → FrameRing s → shard s → FrameRing s → IO core → port queue 0
 * </pre>
 *
 * <p>{@link io.millrace.dataplane.core.Datapath} builds either. A shard sees only its {@link
 * io.millrace.dataplane.core.ShardEndpoint}, the same in both. Every class here but {@code Datapath} and {@code
 * PollingThread} belongs to one polling thread. Used by the TCP engine.
 */
package io.millrace.dataplane.core;
