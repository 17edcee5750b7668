package io.millrace.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessPrivilegesTest {
    private static final List<String> LIMITS = List.of(
            "Limit                     Soft Limit           Hard Limit           Units",
            "Max locked memory         65536                65536                bytes",
            "Max address space         unlimited            unlimited            bytes");

    @Test
    void shouldReadWhatAnOrdinaryUserMayDo() {
        final List<String> status = List.of("Name:\tjava", "Uid:\t1000\t1000\t1000\t1000", "CapEff:\t0000000000000000");
        final ProcessPrivileges user = ProcessPrivileges.of(status, LIMITS);
        assertThat(user).isEqualTo(new ProcessPrivileges(false, false, 65_536));
        assertThat(user.mayLock(65_536)).isTrue();
        assertThat(user.mayLock(65_537)).isFalse();
    }

    @Test
    void shouldReadWhatRootMayDo() {
        final List<String> status = List.of("Uid:\t1000\t0\t0\t0", "CapEff:\t000001ffffffffff");
        final ProcessPrivileges root =
                ProcessPrivileges.of(status, List.of("Max locked memory         unlimited  unlimited  bytes"));
        assertThat(root).isEqualTo(new ProcessPrivileges(true, true, Long.MAX_VALUE));
    }

    @Test
    void shouldReadThoseOfThisProcess() {
        assertThat(ProcessPrivileges.ofThisProcess().lockedBytes()).isPositive();
    }
}
