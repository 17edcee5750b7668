package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import org.junit.jupiter.api.Test;

/** Dependencies run one way: benchmarks → tcp-engine → dataplane → native-bindings; and inside the modules too. */
final class ModuleDirectionTest {
    @Test
    void shouldDependOnlyOnModulesBelow() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("native-bindings")
                .definedBy("io.millrace.dpdk..", "io.millrace.linux..", "io.millrace.memory..")
                .layer("dataplane")
                .definedBy("io.millrace.dataplane..")
                .layer("tcp-engine")
                .definedBy("io.millrace.tcp..")
                .layer("benchmarks")
                .definedBy("io.millrace.apps..", "io.millrace.bench..", "io.millrace.cli..")
                .whereLayer("benchmarks")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("tcp-engine")
                .mayOnlyBeAccessedByLayers("benchmarks")
                .whereLayer("dataplane")
                .mayOnlyBeAccessedByLayers("tcp-engine", "benchmarks")
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldHaveNoClassOutsideTheFourModules() {
        classes()
                .should()
                .resideInAnyPackage(
                        "io.millrace.dpdk..",
                        "io.millrace.linux..",
                        "io.millrace.memory..",
                        "io.millrace.dataplane..",
                        "io.millrace.tcp..",
                        "io.millrace.bench..",
                        "io.millrace.cli..",
                        "io.millrace.apps..")
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldReachDpdkFunctionsOnlyThroughItsJavaFace() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.millrace.dpdk..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.millrace.dpdk.ffm..", "io.millrace.dpdk.layout..")
                .allowEmptyShould(true)
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldCallForeignFunctionsOnlyFromTheBindings() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.millrace.dpdk..", "io.millrace.linux..", "io.millrace.memory..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldKeepTheStateMachineFreeOfThreadsAndPorts() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.tcp.state..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.millrace.tcp.shard..", "io.millrace.dataplane.port..", "io.millrace.dataplane.core..")
                .allowEmptyShould(true)
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldKeepWireFormatsFreeOfEverythingAboveMemory() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.dataplane.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.millrace.dataplane.port..", "io.millrace.dataplane.core..", "io.millrace.dpdk..")
                .check(ShippedClasses.ALL);
    }

    @Test
    void shouldKeepTablesAndTimersFreeOfPacketsAndShards() {
        noClasses()
                .that()
                .resideInAnyPackage("io.millrace.tcp.table..", "io.millrace.tcp.timer..", "io.millrace.tcp.isn..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.millrace.tcp.shard..",
                        "io.millrace.tcp.state..",
                        "io.millrace.dataplane.port..",
                        "io.millrace.dataplane.core..")
                .check(ShippedClasses.ALL);
    }
}
