package io.millrace.cli;

import io.millrace.bench.run.Addressing;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dataplane.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which server a generator drives, and who the generator is on the link: IPv4. */
final class TargetOptions {
    @Option(
            names = "--target",
            converter = Converter.class,
            paramLabel = "ADDRESS:PORT",
            description = "Drive this server, whosever it is, instead of one of our own; with --port and --address.")
    private Target target;

    @Option(
            names = "--address",
            converter = Converters.Prefix.class,
            paramLabel = "CIDR",
            description = "With --target, the generator's own address and its network, such as 10.0.0.2/24.")
    private IpPrefix address;

    @Option(
            names = "--gateway",
            converter = Converters.Address.class,
            paramLabel = "IP",
            description = "With --target, the next hop to a server that is on another network.")
    private IpAddress gateway;

    @Option(
            names = "--sources-from",
            converter = Converters.Prefix.class,
            paramLabel = "CIDR",
            description =
                    "With --target, the network that connections come from, which the server has to route to --address"
                            + " (default: 10.64.0.0/16).")
    private IpPrefix sources;

    /** A server's address and port. */
    record Target(IpAddress server, int port) {
        @Override
        public String toString() {
            return server + ":" + port;
        }
    }

    static final class Converter implements ITypeConverter<Target> {
        @Override
        public Target convert(final String text) {
            final int colon = text.lastIndexOf(':');
            final String port = text.substring(colon + 1);
            if (colon < 0
                    || !port.matches("[0-9]{1,5}")
                    || Integer.parseInt(port) < 1
                    || Integer.parseInt(port) > 65_535) {
                throw new TypeConversionException("'" + text + "' is no server; write such as 10.0.0.1:80");
            }
            final IpAddress server = Converters.read(IpAddress::parse, text.substring(0, colon));
            if (!server.isIpv4()) {
                throw new TypeConversionException("'" + text + "' is no server; write an IPv4 address and a port");
            }
            return new Target(server, Integer.parseInt(port));
        }
    }

    /** Whether the server is not ours. */
    boolean isForeign() {
        return target != null;
    }

    void check(final List<String> errors, final boolean hasPort, final long count) {
        final boolean any = address != null || gateway != null || sources != null || hasPort;
        if (target == null && any) {
            errors.add(
                    "--port, --address, --gateway and --sources-from are of a generator alone: give --target as well");
        }
        if (target != null && (address == null || !hasPort)) {
            errors.add("--target " + target + ": needs the generator's --port DEVICE and --address CIDR");
        }
        final IpPrefix from = sources(Addressing.IPV4);
        final long room = (1L << 32 - from.length()) - 2;
        if (target != null && (!from.address().isIpv4() || count > room)) {
            errors.add("--sources-from " + from + ": has no room for " + count
                    + " addresses of IPv4; give a larger network or fewer --sources");
        }
    }

    /** The options again, for a child process. */
    List<String> arguments() {
        final List<String> arguments = new ArrayList<>();
        add(arguments, "--target", target);
        add(arguments, "--address", address);
        add(arguments, "--gateway", gateway);
        add(arguments, "--sources-from", sources);
        return arguments;
    }

    private static void add(final List<String> arguments, final String option, final Object value) {
        if (value != null) {
            arguments.addAll(List.of(option, value.toString()));
        }
    }

    IpAddress server(final Addressing usual) {
        return target == null ? usual.server() : target.server();
    }

    int port() {
        return target == null ? Addressing.PORT : target.port();
    }

    IpPrefix sources(final Addressing usual) {
        return sources == null ? usual.sources() : sources;
    }

    /** Who the generator is. */
    HostAddresses addresses(final MacAddress mac, final Addressing usual) {
        final HostAddresses.Builder builder = HostAddresses.builder(mac)
                .address(address == null ? usual.generator() : address)
                .owned(sources(usual));
        if (gateway != null) {
            builder.gateway(gateway);
        }
        return builder.build();
    }
}
