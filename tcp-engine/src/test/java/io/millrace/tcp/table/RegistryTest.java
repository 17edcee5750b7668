package io.millrace.tcp.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.IdentityHashMap;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private final Registry<Object> registry = new Registry<>("things", new IdentityHashMap<>());

    @Test
    void shouldGiveTheSameObjectTheSameNumberForAsLongAsItIsUsed() {
        final Object thing = new Object();
        final int number = registry.acquire(thing);
        assertThat(registry.acquire(thing)).isEqualTo(number);
        registry.retain(number);
        assertThat(registry.release(number)).isFalse();
        assertThat(registry.release(number)).isFalse();
        assertThat(registry.get(number)).isSameAs(thing);
        assertThat(registry.release(number)).isTrue();
        assertThat(registry.size()).isZero();
    }

    @Test
    void shouldTellEqualObjectsApartWhereTheMapDoes() {
        assertThat(registry.acquire(new String("a"))).isNotEqualTo(registry.acquire(new String("a")));
    }

    @Test
    void shouldNeverRunOutOfNumbersWhereObjectsAreReleased() {
        for (int i = 0; i < 200_000; i++) {
            registry.release(registry.acquire(new Object()));
        }
        assertThat(registry.size()).isZero();
    }

    @Test
    void shouldSayWhatThereAreTooManyOf() {
        for (int i = 0; i < 1 << 16; i++) {
            registry.acquire(new Object());
        }
        assertThatThrownBy(() -> registry.acquire(new Object()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("65536 things");
    }
}
