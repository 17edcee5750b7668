package io.millrace.bench.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dpdk.Devargs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What --link names")
class LinkTest {
    @ParameterizedTest
    @ValueSource(strings = {"vhost", "memif", "ring", "af_packet", "pci:0000:3b:00.0,0000:3b:00.1"})
    void shouldReadWhatJoinsTwoNodesAndSayItTheSameWay(final String name) {
        assertThat(Link.joining(name).label()).isEqualTo(name);
    }

    @Test
    void shouldTakePciPortsInTheOrderServerThenGenerator() {
        assertThat(Link.joining("pci:3b:00.1,0001:3b:00.0").devices())
                .extracting(Devargs::name)
                .containsExactly("0000:3b:00.1", "0001:3b:00.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring", "null"})
    void shouldReadWhatLeadsAPortBackToItself(final String name) {
        assertThat(Link.carrying(name).loopsBack()).isTrue();
        assertThat(Link.carrying(name).loop()).hasToString("net_" + name + "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tcp", "VHOST", "null", "vhost,ring", "pciabc"})
    void shouldNameAllThatJoinTwoNodesWhereItKnowsNone(final String name) {
        assertThatThrownBy(() -> Link.joining(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("link '" + name + "' is unknown; choose one of vhost, memif, ring, af_packet, pci:BDF,BDF");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pci",
                "pci:",
                "pci:3b:00.0",
                "pci:3b:00.0,",
                "pci:3b:00.0,3b:00.0",
                "pci:3b:00.0,0000:3b:00.0",
                "pci:3b:00.0,3b:00.1,3b:00.2",
                "pci:3b:00.0,net_null0",
                "pci:3b:00.0,3b:00.8"
            })
    void shouldWantTwoPortsOfPci(final String name) {
        assertThatThrownBy(() -> Link.joining(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("link '" + name + "': name two PCI ports");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhost", "memif", "af_packet", "pci:0000:3b:00.0,0000:3b:00.1"})
    void shouldReadWhatFramesGoOverToASenderAndBack(final String name) {
        assertThat(Link.carrying(name).label()).isEqualTo(name);
        assertThat(Link.carrying(name).loopsBack()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tap", "RING", "pciabc"})
    void shouldNameAllThatCarryFramesWhereItKnowsNone(final String name) {
        assertThatThrownBy(() -> Link.carrying(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("link '" + name
                        + "' is unknown; choose one of ring, null, vhost, memif, af_packet, pci:BDF,BDF");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0  | 1
            5  | 20
            31 | 80000000
            32 | 1,00000000
            70 | 40,00000000,00000000
            """)
    void shouldWriteACpuAsTheKernelDoes(final int cpu, final String mask) {
        assertThat(NetworkNamespace.cpuMask(cpu)).isEqualTo(mask);
    }
}
