package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every room keeps to. */
final class HouseRulesTest {

    @Test
    void shouldHaveNoPackageWithoutASubject() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..helpers..", "..misc..")
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldEndTheProcessOnlyFromTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.millrace.cli..", "io.millrace.bench..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldUseNoQueueThatNeedsSunMiscUnsafe() {
        // The org.jctools.queues.varhandle twins work without a warning of the JDK.
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.jctools.util.UnsafeAccess")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("sun.misc.Unsafe")
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldNotSleepInTests() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Test")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", Duration.class)
                .allowEmptyShould(true)
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.OnlyIncludeTests())
                        .importPaths(modules("target/test-classes")));
    }

    @Test
    void shouldDescribeEveryPackage() throws IOException {
        assertThat(sources("src/main/java").map(Path::getParent).distinct())
                .isNotEmpty()
                .filteredOn(folder -> Files.notExists(folder.resolve("package-info.java")))
                .as("packages without a package-info.java")
                .isEmpty();
    }

    @Test
    void shouldKeepEveryFileWithinFiveHundredLines() throws IOException {
        assertThat(sources("src"))
                .isNotEmpty()
                .filteredOn(file -> contentOf(file.toFile()).lines().count() > 500)
                .as("files of more than 500 lines: two things in one")
                .isEmpty();
    }

    private static List<Path> modules(final String below) {
        return Stream.of("native-bindings", "dataplane", "tcp-engine", "benchmarks")
                .map(module -> Path.of("..", module, below))
                .filter(Files::isDirectory)
                .toList();
    }

    private static Stream<Path> sources(final String below) throws IOException {
        final List<Path> sources = new ArrayList<>();
        for (final Path root : modules(below)) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(path -> path.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources.stream();
    }
}
