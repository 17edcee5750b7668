package io.millrace.bench.stream;

/** Takes whatever comes. Stateless but for its meter. */
final class BulkSink extends StreamHandler {
    BulkSink(final StreamMeter meter) {
        super(meter);
    }
}
