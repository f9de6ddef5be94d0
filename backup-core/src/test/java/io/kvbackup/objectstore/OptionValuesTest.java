package io.kvbackup.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionValuesTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void whatIsLeftOutIsTheDefault() {
        OptionValues none = new OptionValues(Map.of());

        assertThat(none.text("x")).isNull();
        assertThat(none.flag("x", true)).isTrue();
        assertThat(none.count("x", 7)).isEqualTo(7);
        assertThat(none.size("x", 7L << 40)).isEqualTo(7L << 40);
        assertThat(none.arraySize("x", 7)).isEqualTo(7);
        assertThat(none.duration("x", MINUTE)).isEqualTo(MINUTE);
        assertThat(none.intMillis("x", MINUTE)).isEqualTo(MINUTE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "8388608, 8388608",
        "17b, 17",
        "512KiB, 524288",
        "512k, 524288",
        "8MiB, 8388608",
        "8m, 8388608",
        "1gib, 1073741824",
        "6GiB, 6442450944",
    })
    void sizesMayHaveAUnit(String value, long bytes) {
        assertThat(of(value).size("x", 1)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5MB", "much", "-1", "1.5GiB", "8 MiB", "8589934592GiB", "9999999999999999999"})
    void sizesThatMakeNoSenseAreRefused(String value) {
        assertRefused(value, values -> values.size("x", 1), "a size such as 8MiB or 8388608");
    }

    @Test
    void anArrayHoldsLessThanTwoGibibytes() {
        assertThat(of("2147483647").arraySize("x", 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(of("2047MiB").arraySize("x", 1)).isEqualTo(2047 << 20);
        for (String value : new String[] {"2GiB", "2147483648", "8GiB", "much"}) {
            assertRefused(value, values -> values.arraySize("x", 1), "a size such as 8MiB or 8388608, below 2 GiB");
        }
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "30s, PT30S", "5m, PT5M", "1h, PT1H", "0s, PT0S", "1000h, PT1000H"})
    void timesHaveAUnit(String value, Duration time) {
        assertThat(of(value).duration("x", MINUTE)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "soon", "5S", "-1s", "1d", "2147483648h", "999999999999999999h"})
    void timesThatMakeNoSenseAreRefused(String value) {
        assertRefused(value, values -> values.duration("x", MINUTE), "a time such as 500ms, 30s, 5m or 1h");
    }

    @Test
    void anIntHoldsTheMillisecondsOfTwentyFourDays() {
        assertThat(of("2147483647ms").intMillis("x", MINUTE)).isEqualTo(Duration.ofMillis(Integer.MAX_VALUE));
        assertThat(of("596h").intMillis("x", MINUTE)).isEqualTo(Duration.ofHours(596));
        for (String value : new String[] {"2147483648ms", "597h", "soon"}) {
            assertRefused(
                    value,
                    values -> values.intMillis("x", MINUTE),
                    "a time such as 500ms, 30s, 5m or 1h, at most 24 days");
        }
    }

    @Test
    void countsAreWholeNumbers() {
        assertThat(of("12").count("x", 4)).isEqualTo(12);
        assertThat(of("-1").count("x", 4)).as("for the settings to refuse").isEqualTo(-1);
        for (String value : new String[] {"many", "1.5", "2147483648", "4k"}) {
            assertRefused(value, values -> values.count("x", 4), "a whole number such as 4");
        }
    }

    @Test
    void flagsAreTrueOrFalse() {
        assertThat(of("true").flag("x", false)).isTrue();
        assertThat(of("false").flag("x", true)).isFalse();
        assertRefused("yes", values -> values.flag("x", true), "true or false");
    }

    @Test
    void nothingIsNoValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(" ").text("x"))
                .withMessage("option x has no value; give it one or leave it out");
    }

    @Test
    void valuesDoNotShow() {
        assertThat(of("s3cr3t")).hasToString("OptionValues[x]");
    }

    private static OptionValues of(String value) {
        return new OptionValues(Map.of("x", value));
    }

    private static void assertRefused(String value, Function<OptionValues, ?> reading, String expected) {
        assertThatIllegalArgumentException()
                .as(value)
                .isThrownBy(() -> reading.apply(of(value)))
                .withMessage("option x is '" + value + "'; it must be " + expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:SECRET",
                "https://user:SECRET/x",
                "https://user:123SECRET/x",
                "https://user:SECRET@host",
                "https://host/x?key=SECRET",
                "https://host#SECRET",
                "{\"private_key\": \"SECRET\"}",
                "a\nSECRET"
            })
    void aRefusalShowsNoSecret(String value) {
        assertThat(OptionValues.refused("endpoint", value, "something else").getMessage())
                .contains("endpoint", "something else")
                .doesNotContain("SECRET");
        assertThat(OptionValues.refused("endpoint", "htp://host:9000/x", "y"))
                .hasMessageContaining("htp://host:9000/x");
    }
}
