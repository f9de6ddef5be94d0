package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartSizesTest {
    private static final long LARGEST_OBJECT = 5L << 40;

    @ParameterizedTest
    @ValueSource(longs = {PartSizes.MIN, PartSizes.MIN + 1, 8L << 20, 16L << 20, 1L << 30, PartSizes.MAX})
    void allowedPartsReachTheLargestObject(long first) {
        long total = 0;
        long previous = first;
        for (int number = 1; number <= PartSizes.MAX_PARTS; number++) {
            long size = PartSizes.size(first, number);
            assertThat(size).as("part %d", number).isBetween(previous, PartSizes.MAX);
            previous = size;
            total += size;
        }
        assertThat(total).isGreaterThanOrEqualTo(LARGEST_OBJECT);
    }

    @Test
    void firstPartsHaveTheSizeAskedFor() {
        assertThat(PartSizes.size(8L << 20, 1)).isEqualTo(8L << 20);
        assertThat(PartSizes.size(8L << 20, 900)).isEqualTo(8L << 20);
        assertThat(PartSizes.size(8L << 20, 901)).isEqualTo(16L << 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 10_001})
    void otherNumbersAreRefused(int number) {
        assertThatThrownBy(() -> PartSizes.size(8L << 20, number))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(number));
    }
}
