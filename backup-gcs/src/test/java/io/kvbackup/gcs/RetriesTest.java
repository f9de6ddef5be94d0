package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pauses between attempts, in a time that passes only when somebody waits. */
class RetriesTest {
    private final List<Duration> pauses = new ArrayList<>();

    @Test
    void pausesGrowToTheirMaximumAndFillTheTime() {
        Duration call = Duration.ofHours(1);
        assertThatThrownBy(() -> retries(call, Duration.ofMillis(500)).call(this::unavailable))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("unavailable");

        assertThat(pauses).hasSizeBetween(180, 360);
        assertThat(pauses)
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofMillis(250), GcsSettings.MAX_PAUSE));
        assertThat(total()).isBetween(call.minus(GcsSettings.MAX_PAUSE), call);
    }

    @Test
    void firstPauseIsNeverLongerThanTheMaximum() {
        assertThatThrownBy(() ->
                        retries(Duration.ofMinutes(1), Duration.ofDays(365_000)).call(this::unavailable))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("unavailable");
        assertThat(pauses).isNotEmpty();
    }

    private Void unavailable() throws IOException {
        throw new IOException("unavailable");
    }

    private Duration total() {
        return pauses.stream().reduce(Duration.ZERO, Duration::plus);
    }

    private Retries retries(Duration call, Duration firstPause) {
        GcsSettings settings =
                new GcsSettings(GcsSettings.GRANULARITY, null, null, Duration.ofSeconds(1), call, firstPause);
        Random random = new Random(7);
        return new Retries(settings, new Recorder(), () -> random);
    }

    private final class Recorder implements Retries.Sleeper {
        @Override
        public void sleep(Duration pause) {
            pauses.add(pause);
        }

        @Override
        public long nanoTime() {
            return total().toNanos();
        }
    }
}
