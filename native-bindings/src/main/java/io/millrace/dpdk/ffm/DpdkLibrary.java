package io.millrace.dpdk.ffm;

import io.millrace.dpdk.DpdkException;
import io.millrace.dpdk.layout.AbiLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * DPDK's shared libraries, found and loaded: the newest ABI we know in the first directory that has one. Loaded for the
 * life of the process. Any thread.
 */
public final class DpdkLibrary {
    /** System property that names the directory of the libraries, before the environment and the usual places. */
    public static final String DIRECTORY_PROPERTY = "millrace.dpdk.lib";
    /** Environment variable that names the directory of the libraries. */
    public static final String DIRECTORY_VARIABLE = "MILLRACE_DPDK_LIB";

    private static final List<Path> USUAL_DIRECTORIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu"),
            Path.of("/usr/local/lib/x86_64-linux-gnu"),
            Path.of("/usr/lib64"),
            Path.of("/usr/local/lib64"),
            Path.of("/usr/lib"),
            Path.of("/usr/local/lib"));

    private static final String[] NAMES = {"eal", "mempool", "mbuf", "ethdev"};

    private final Path directory;
    private final boolean directoryNamed;
    private final AbiLayout layout;
    private final SymbolLookup symbols;

    private DpdkLibrary(
            final Path directory, final boolean directoryNamed, final AbiLayout layout, final SymbolLookup symbols) {
        this.directory = directory;
        this.directoryNamed = directoryNamed;
        this.layout = layout;
        this.symbols = symbols;
    }

    /**
     * Finds and loads DPDK.
     *
     * @throws DpdkException when there is none, only an unknown version, or one of its libraries is missing
     */
    public static DpdkLibrary load() {
        final Optional<Path> named = namedDirectory();
        return load(named.map(List::of).orElse(USUAL_DIRECTORIES), named.isPresent());
    }

    static DpdkLibrary load(final List<Path> directories, final boolean directoryNamed) {
        final SortedSet<Integer> unknown = new TreeSet<>();
        for (final Path directory : directories) {
            final SortedSet<Integer> found = abisIn(directory);
            for (final int abi : found.reversed()) {
                final Optional<AbiLayout> layout = AbiLayout.of(abi);
                if (layout.isPresent()) {
                    return new DpdkLibrary(directory, directoryNamed, layout.get(), load(directory, abi));
                }
            }
            unknown.addAll(found);
        }
        throw unknown.isEmpty() ? missing(directories) : wrongVersion(unknown);
    }

    private static Optional<Path> namedDirectory() {
        return Optional.ofNullable(System.getProperty(DIRECTORY_PROPERTY))
                .or(() -> Optional.ofNullable(System.getenv(DIRECTORY_VARIABLE)))
                .filter(name -> !name.isBlank())
                .map(Path::of);
    }

    private static SortedSet<Integer> abisIn(final Path directory) {
        final SortedSet<Integer> abis = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "librte_eal.so.*")) {
            for (final Path file : files) {
                final String abi = file.getFileName().toString().substring("librte_eal.so.".length());
                if (abi.matches("\\d{1,4}")) {
                    abis.add(Integer.valueOf(abi));
                }
            }
        } catch (final IOException e) {
            return abis; // no such directory on this system
        }
        return abis;
    }

    private static SymbolLookup load(final Path directory, final int abi) {
        SymbolLookup symbols = name -> Optional.empty();
        for (final String name : NAMES) {
            final Path file = directory.resolve("librte_" + name + ".so." + abi);
            try {
                symbols = symbols.or(SymbolLookup.libraryLookup(file, Arena.global()));
            } catch (final IllegalArgumentException e) {
                throw new DpdkException("dlopen " + file, 0, "cannot be loaded", install(abi, name));
            }
        }
        return symbols;
    }

    private static DpdkException missing(final List<Path> directories) {
        final List<String> names = new ArrayList<>();
        directories.forEach(directory -> names.add(directory.toString()));
        return new DpdkException(
                "dlopen librte_eal.so",
                0,
                "no DPDK library in " + String.join(", ", names),
                "install DPDK " + supported() + " (Debian, Ubuntu: apt-get install dpdk), or name its directory by "
                        + DIRECTORY_VARIABLE + " or -D" + DIRECTORY_PROPERTY);
    }

    private static DpdkException wrongVersion(final SortedSet<Integer> abis) {
        return new DpdkException(
                "dlopen librte_eal.so",
                0,
                "found DPDK of ABI " + abis + ", which this version of Millrace does not know",
                "install DPDK " + supported() + ", or name its directory by " + DIRECTORY_VARIABLE + " or -D"
                        + DIRECTORY_PROPERTY);
    }

    private static String supported() {
        return "with an ABI from " + AbiLayout.oldest() + " to " + AbiLayout.newest() + " (22.11 to 25.11)";
    }

    private static String install(final int abi, final String library) {
        return "install it (Debian, Ubuntu: apt-get install " + packageName("librte-" + library, abi) + ")";
    }

    /** Debian's name for the package of a library or driver: a name that ends in a digit gets a hyphen. */
    public static String packageName(final String library, final int abi) {
        final boolean endsInDigit = Character.isDigit(library.charAt(library.length() - 1));
        return library.replace('_', '-') + (endsInDigit ? "-" : "") + abi;
    }

    /** The directory the libraries were found in. */
    public Path directory() {
        return directory;
    }

    /** Whether the directory was named by the user, so that EAL's own driver directory may be another one's. */
    public boolean directoryNamed() {
        return directoryNamed;
    }

    /** Where fields lie in this DPDK's structures. */
    public AbiLayout layout() {
        return layout;
    }

    /** Address of an exported variable; for a thread-local one, the calling thread's copy. */
    public MemorySegment variable(final String name) {
        return symbols.find(name)
                .orElseThrow(() -> new DpdkException(
                        "dlsym " + name, 0, "not in DPDK ABI " + layout.abi(), "install DPDK " + supported()));
    }

    /** A plain downcall to an exported function. */
    MethodHandle function(final String name, final FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(variable(name), descriptor);
    }
}
