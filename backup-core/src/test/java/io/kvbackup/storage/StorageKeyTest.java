package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StorageKeyTest {
    @Test
    void orderIsThatOfUtf8Bytes() {
        long seed = 42;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String a = randomText(random);
            String b = randomText(random);
            int expected =
                    Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
            assertThat(Integer.signum(StorageKey.ORDER.compare(a, b)))
                    .as("seed %d, round %d: '%s' and '%s'", seed, i, a, b)
                    .isEqualTo(Integer.signum(expected));
        }
    }

    private static String randomText(Random random) {
        int[] alphabet = {'a', '/', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF
        };
        return random.ints(random.nextInt(5), 0, alphabet.length)
                .map(i -> alphabet[i])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void refusalSaysWhatIsWrong() {
        assertThatThrownBy(() -> StorageKey.require("a/../b"))
                .hasMessageContaining("'a/../b' has an empty, '.' or '..'");
        assertThatThrownBy(() -> StorageKey.require("a\0")).hasMessageContaining("NUL character at 1");
        assertThatThrownBy(() -> StorageKey.require("é".repeat(451))).hasMessageContaining("902 bytes");
    }

    @Test
    void longestKeyIsAccepted() {
        String key = "é".repeat(450);
        assertThat(StorageKey.require(key)).isSameAs(key);
    }
}
