package io.kvbackup.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.ByteRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeRequestTest {
    private static RangeRequest of(long offset, long length) {
        return new RangeRequest(ByteRange.of(offset, length));
    }

    @Test
    void headerNamesTheLastByte() {
        assertThat(of(3, 4).header()).isEqualTo("bytes=3-6");
        assertThat(of(0, 1).header()).isEqualTo("bytes=0-0");
        assertThat(new RangeRequest(ByteRange.from(7)).header()).isEqualTo("bytes=7-");
        assertThat(of(7, Long.MAX_VALUE - 1).header())
                .as("more than there can be")
                .isEqualTo("bytes=7-");
    }

    @Test
    void onlyTheWholeObjectNeedsNoHeader() {
        assertThat(new RangeRequest(ByteRange.all()).isWhole()).isTrue();
        assertThat(new RangeRequest(ByteRange.from(1)).isWhole()).isFalse();
        assertThat(of(0, 5).isWhole()).isFalse();
    }

    @ParameterizedTest(name = "{2} for {0}+{1}: {4}")
    @CsvSource(
            nullValues = "-",
            value = {
                "3, 4, bytes 3-6/10, -1, true",
                "3, 4, bytes 3-6/*, -1, true",
                "3, 9, bytes 3-9/10, -1, true",
                "3, 9, bytes 3-9/*, 10, true",
                "3, 9, bytes 3-9/*, -1, false",
                "3, 4, bytes 3-5/10, -1, false",
                "3, 4, bytes 3-7/10, -1, false",
                "3, 4, bytes 2-6/10, -1, false",
                "0, 1, bytes 0-9/10, -1, false",
                "3, 9223372036854775807, bytes 3-9/10, -1, true",
                "3, 9223372036854775807, bytes 3-9/*, -1, true",
                "3, 9223372036854775807, bytes 3-8/10, -1, false",
                "3, 9223372036854775807, bytes 3-8/*, 10, false",
                "3, 4, items 3-6/10, -1, false",
                "3, 4, bytes 3-99999999999999999999/*, -1, false",
                "3, 4, Bytes 3-6/10, -1, true",
                "3, 4, -, 10, false"
            })
    void answerMustBeWhatWasAskedFor(long offset, long length, String contentRange, long size, boolean right) {
        assertThat(of(offset, length).objection(contentRange, -1, size).isEmpty())
                .isEqualTo(right);
    }

    @Test
    void allOfAnObjectIsRightIfItIsNoMoreThanWasWanted() {
        assertThat(of(0, 10).objection(null, 0, -1)).isEmpty();
        assertThat(of(0, 10).objection(null, 10, -1)).isEmpty();
        assertThat(of(0, 10).objection(null, 11, -1))
                .contains("asked for bytes=0-9, the store gave the whole object;"
                        + " it, or a proxy before it, cannot serve ranges");
        assertThat(of(0, 10).objection(null, -1, -1)).isPresent();
        assertThat(of(1, 10).objection(null, 5, -1)).isPresent();
        assertThat(new RangeRequest(ByteRange.all()).objection(null, -1, -1)).isEmpty();
    }

    @Test
    void nothingIsRightOnlyBehindTheEnd() {
        assertThat(of(10, 5).objectionToNothing(10)).isEmpty();
        assertThat(of(0, 5).objectionToNothing(0)).isEmpty();
        assertThat(of(0, 0).objectionToNothing(10)).isEmpty();
        assertThat(of(9, 5).objectionToNothing(10)).contains("the store refuses bytes=9-13 of 10 bytes; try again");
    }

    @Test
    void lengthIsThatOfTheAnswer() {
        assertThat(RangeRequest.length("bytes 3-6/10")).isEqualTo(4);
        assertThat(RangeRequest.length("bytes */10")).isNegative();
        assertThat(RangeRequest.length(null)).isNegative();
    }
}
