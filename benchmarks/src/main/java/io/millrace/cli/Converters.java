package io.millrace.cli;

import io.millrace.apps.AppPort;
import io.millrace.bench.link.Link;
import io.millrace.dataplane.host.Route;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dpdk.Devargs;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Lets the parser read our own types; what their {@code parse} methods say of a bad value is what the user sees. */
final class Converters {
    private Converters() {}

    static <T> T read(final Function<String, T> parse, final String text) {
        try {
            return parse.apply(text);
        } catch (final IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    static final class Prefix implements ITypeConverter<IpPrefix> {
        @Override
        public IpPrefix convert(final String text) {
            return read(IpPrefix::parse, text);
        }
    }

    static final class Address implements ITypeConverter<IpAddress> {
        @Override
        public IpAddress convert(final String text) {
            return read(IpAddress::parse, text);
        }
    }

    static final class StaticRoute implements ITypeConverter<Route> {
        @Override
        public Route convert(final String text) {
            return read(Route::parse, text);
        }
    }

    static final class Device implements ITypeConverter<Devargs> {
        @Override
        public Devargs convert(final String text) {
            return read(Devargs::parse, text);
        }
    }

    /** What joins two nodes. */
    static final class JoiningLink implements ITypeConverter<Link> {
        @Override
        public Link convert(final String text) {
            return read(Link::joining, text);
        }
    }

    /** What leads a port back to itself, or joins two processes. */
    static final class CarryingLink implements ITypeConverter<Link> {
        @Override
        public Link convert(final String text) {
            return read(Link::carrying, text);
        }
    }

    static final class Feature implements ITypeConverter<FeatureChoice> {
        @Override
        public FeatureChoice convert(final String text) {
            return read(FeatureChoice::parse, text);
        }
    }

    static final class AppOnPort implements ITypeConverter<AppPort> {
        @Override
        public AppPort convert(final String text) {
            return read(AppPort::parse, text);
        }
    }
}
