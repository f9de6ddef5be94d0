package io.kvbackup.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyRangeTest {
    @Test
    void prefixRangeEndsBeforeTheNextPrefix() {
        KeyRange range = KeyRange.startingWith(new byte[] {1, (byte) 0xFF});

        assertThat(range.contains(new byte[] {1, (byte) 0xFF})).isTrue();
        assertThat(range.contains(new byte[] {1, (byte) 0xFF, (byte) 0xFF})).isTrue();
        assertThat(range.contains(new byte[] {2})).isFalse();
        assertThat(range.contains(new byte[] {1, (byte) 0xFE})).isFalse();
    }

    @Test
    void prefixOfHighestBytesHasNoEnd() {
        KeyRange range = KeyRange.startingWith(new byte[] {(byte) 0xFF});

        assertThat(range.to()).isNull();
        assertThat(range.contains(new byte[] {(byte) 0xFF, 0})).isTrue();
    }

    @Test
    void refusesARangeThatEndsBeforeItStarts() {
        assertThatThrownBy(() -> new KeyRange(new byte[] {2}, new byte[] {1}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
