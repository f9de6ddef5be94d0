package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes have the same schedule on one store: of each of its times, one of them makes a backup. */
class TwoProcessesTest {
    @TempDir
    private Path folder;

    @Test
    @Tag("thorough")
    void eachSlotRunsOnce() throws Exception {
        runFor(10);
    }

    @Test
    @Tag("soak")
    void eachSlotRunsOnceForLong() throws Exception {
        runFor(30);
    }

    private void runFor(int seconds) throws Exception {
        try (OtherProcess first = JobsChild.start("slots", folder, "first");
                OtherProcess second = JobsChild.start("slots", folder, "second")) {
            first.awaitReady();
            second.awaitReady();
            first.endsWithin(Duration.ofSeconds(seconds));
            first.stop();
            second.stop();
            assertThat(first.exit()).isZero();
            assertThat(second.exit()).isZero();
        }
        List<Instant> slots = new ArrayList<>(slots("first"));
        slots.addAll(slots("second"));
        slots.sort(null);

        assertThat(slots).doesNotHaveDuplicates();
        // A machine that is too slow for a slot makes up for it with the next, so a few may be missing, none may be
        // double.
        assertThat(slots).hasSizeGreaterThanOrEqualTo(seconds / 2);
        assertThat(Duration.between(slots.get(0), slots.get(slots.size() - 1)))
                .isLessThanOrEqualTo(Duration.ofSeconds(seconds + 10));
    }

    private List<Instant> slots(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(Instant::parse).toList()
                : List.of();
    }
}
