package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.format.Limits;
import io.kvbackup.model.Progress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderJobHistoryTest {
    private static final Instant START = Instant.parse("2026-11-20T12:00:00.123Z");
    private static final Clock LATER = Clock.fixed(START.plusSeconds(3600), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private final AtomicBoolean full = new AtomicBoolean();
    private FolderJobHistory history;

    @BeforeEach
    void open() throws IOException {
        history = open(1000, 1 << 20);
    }

    private FolderJobHistory open(int maxRecords, long maxBytes) throws IOException {
        JobJournal journal = new JobJournal(FolderJobHistory.file(folder)) {
            @Override
            void write(RandomAccessFile to, byte[] bytes) throws IOException {
                if (full.get()) {
                    to.write(bytes, 0, bytes.length / 2);
                    throw new IOException("No space left on device");
                }
                super.write(to, bytes);
            }
        };
        return FolderJobHistory.open(folder, LATER, journal, maxRecords, maxBytes);
    }

    private void reopen() throws IOException {
        history.close();
        history = open(1000, 1 << 20);
    }

    @AfterEach
    void close() throws IOException {
        history.close();
    }

    private static JobRecord record(String id, JobState state) {
        return new JobRecord(
                id,
                "backup",
                Set.of("orders", "stöck\n"),
                Optional.of("nightly"),
                Optional.of(START),
                Optional.of("parent"),
                2,
                state,
                new Progress(10, 1000, 1, Duration.ofMillis(1500)));
    }

    private static JobState.Running running() {
        return new JobState.Pending(START).start(START.plusSeconds(1));
    }

    private static JobRecord finished(String id) {
        return record(id, running().finish(START.plusSeconds(2), "backups/orders/x \"quoted\" \u2028"));
    }

    private List<String> ids() {
        return history.find(JobQuery.all()).stream().map(JobRecord::id).toList();
    }

    private Path file() {
        return FolderJobHistory.file(folder);
    }

    @Test
    void everyStateComesBackAsItWas() throws IOException {
        List<JobRecord> records = List.of(
                finished("1"),
                record("2", running().fail(START.plusSeconds(2), "IOException: no")),
                record("3", running().cancel(START.plusSeconds(2), "on request")),
                record("4", new JobState.Pending(START).cancel(START, "on request")));
        records.forEach(history::record);

        reopen();

        assertThat(history.find(JobQuery.all()).stream().map(JobRecord::state))
                .containsExactlyInAnyOrderElementsOf(
                        records.stream().map(JobRecord::state).toList());
        assertThat(history.find(JobQuery.all().id("1"))).containsExactly(records.get(0));
        assertThat(history.problem()).isEmpty();
    }

    @Test
    void t5_allJobsThatWereUnderWayAreFoundInterrupted() throws IOException {
        history.record(record("1", running()));
        history.record(finished("2"));
        history.record(record("3", running()));
        history.record(record("4", new JobState.Pending(START)));

        reopen();
        reopen();

        assertThat(history.find(JobQuery.all().status(JobStatus.ERROR)))
                .extracting(JobRecord::id)
                .containsExactlyInAnyOrder("1", "3");
        JobRecord interrupted = history.find(JobQuery.all().id("1")).get(0);
        assertThat(interrupted.failure().orElseThrow()).startsWith("interrupted");
        assertThat(interrupted.state().ended()).contains(LATER.instant());
        assertThat(history.find(JobQuery.all().id("4")).get(0).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(history.find(JobQuery.all().id("2"))).containsExactly(finished("2"));
    }

    @Test
    void aTornLastLineIsToleratedWhereverItWasTorn() throws IOException {
        history.record(finished("1"));
        long whole = Files.size(file());
        history.record(finished("2"));
        history.close();
        byte[] both = Files.readAllBytes(file());
        for (int length = (int) whole; length < both.length; length += 17) {
            Files.write(file(), java.util.Arrays.copyOf(both, length));
            history = open(1000, 1 << 20);
            assertThat(ids()).contains("1");
            assertThat(history.problem()).isEmpty();
            history.record(finished("3"));
            reopen();
            assertThat(ids()).contains("1", "3");
            history.close();
        }
        history = open(1000, 1 << 20);
    }

    @Test
    void garbageInTheMiddleIsReportedAndSurvived() throws IOException {
        history.record(finished("1"));
        byte[] noise = new byte[500_000];
        long seed = System.nanoTime();
        new Random(seed).nextBytes(noise);
        Files.write(file(), noise, StandardOpenOption.APPEND);
        String texts = "\n{}\n[1]\n{\"id\":\"x\"}\n\n{\"id\":\"y\",\"status\":\"DREAMING\"}\n";
        Files.write(file(), texts.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        history.record(finished("2"));
        history.close();
        Files.write(file(), JobRecordLine.encode(finished("3")), StandardOpenOption.APPEND);

        history = open(1000, 2 << 20);

        assertThat(ids()).as("seed %d", seed).contains("1", "3");
        assertThat(history.problem().orElseThrow()).contains("cannot be read", file().toString());
        history.record(finished("4"));
        reopen();
        assertThat(ids()).contains("1", "3", "4");
    }

    @Test
    void aFullDiskFailsNothingAndIsReported() throws IOException {
        history.record(finished("1"));
        full.set(true);
        history.record(finished("2"));
        history.record(record("3", running()));

        assertThat(history.problem().orElseThrow()).contains("No space left on device", file().toString());
        assertThat(ids()).contains("1", "2", "3");
        assertThat(history.forget(EnumSet.of(JobStatus.ERROR))).isZero();

        full.set(false);
        history.record(finished("4"));

        assertThat(history.problem()).isEmpty();
        reopen();
        assertThat(ids()).containsExactlyInAnyOrder("1", "2", "3", "4");
        assertThat(history.problem()).isEmpty();
    }

    @Test
    void theFileIsBoundedAndTheYoungestStay() throws IOException {
        history.close();
        history = open(1000, 20_000);
        history.record(record("live", running()));
        for (int i = 0; i < 1000; i++) {
            history.record(finished(String.format("%04d", i)));
            assertThat(Files.size(file())).isLessThan(21_000);
        }
        assertThat(ids()).contains("live", "0999", "0990").doesNotContain("0001");
        history.close();
        history = open(10, 20_000);
        assertThat(ids()).hasSizeLessThanOrEqualTo(10).contains("live", "0999");
    }

    private static JobRecord ofSchedule(String id, String schedule, JobState state) {
        JobRecord record = record(id, state);
        return new JobRecord(
                id,
                record.kind(),
                Set.of(),
                Optional.of(schedule),
                record.slot(),
                Optional.empty(),
                1,
                state,
                record.progress());
    }

    @Test
    void theLastRunOfEachScheduleOutlivesTheOthers() throws IOException {
        JobState done = running().finish(START.plusSeconds(2), "");
        history.close();
        history = open(20, 20_000);
        for (String id : List.of("old", "rare")) {
            history.record(ofSchedule(id, "monthly", done));
        }
        for (int i = 0; i < 1000; i++) {
            history.record(ofSchedule("often-" + i, "hourly", done));
        }
        assertThat(ids()).contains("rare", "often-999").doesNotContain("old", "often-0");
        assertThat(ids()).hasSizeLessThanOrEqualTo(20);

        full.set(true);
        history.record(ofSchedule("unwritten", "daily", done));
        full.set(false);
        history.forget(EnumSet.of(JobStatus.FINISHED));
        assertThat(ids()).containsExactlyInAnyOrder("rare", "often-999", "unwritten");
        reopen();
        assertThat(ids()).containsExactlyInAnyOrder("rare", "often-999", "unwritten");
    }

    @Test
    void theNumberOfSchedulesDoesNotMakeItGrow() throws IOException {
        history.close();
        history = open(20, 20_000);
        for (int i = 0; i < 100; i++) {
            history.record(ofSchedule("" + i, "schedule-" + i, running().finish(START.plusSeconds(2), "")));
        }
        assertThat(ids()).hasSizeLessThanOrEqualTo(20).contains("99");
    }

    @Test
    void whatIsForgottenStaysForgotten() throws IOException {
        history.record(finished("1"));
        history.record(record("2", running().fail(START, "no")));

        assertThat(history.forget(EnumSet.of(JobStatus.ERROR))).isEqualTo(1);
        reopen();

        assertThat(ids()).containsExactly("1");
    }

    @Test
    void aSecondHistoryOnTheFolderIsRefused() throws IOException {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> JobHistory.inFolder(folder.resolve(".").toAbsolutePath()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is in use by another manager, of this process or another")
                    .hasMessageContaining("a folder of its own");
        }
        history.record(finished("1"));
        history.close();
        JobHistory.inFolder(folder).close();
    }

    @Test
    void interruptsDoNotCloseTheFile() {
        Thread.currentThread().interrupt();
        history.record(finished("1"));
        assertThat(Thread.interrupted()).isTrue();

        history.record(finished("2"));
        assertThat(history.problem()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeMadeIsAnError() throws IOException {
        Path inTheWay = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> JobHistory.inFolder(inTheWay)).isInstanceOf(IOException.class);
    }

    private static JobRecord over(int databases, int nameLength, String result) {
        Set<String> names = new java.util.HashSet<>();
        for (int i = 0; i < databases; i++) {
            names.add(String.format("%06d", i) + "\"".repeat(nameLength - 6));
        }
        JobState done = new JobState.Pending(START).start(START).finish(START.plusSeconds(1), result);
        return new JobRecord(
                "id-" + databases,
                "backup",
                names,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                1,
                done,
                new Progress(1, 2, 1, Duration.ofMillis(3)));
    }

    @Test
    void aJobOverManyDatabasesIsRememberedWhole() throws IOException {
        history.close();
        history = open(1000, 64 << 20);
        JobRecord largest = over(10_000, 200, "done");
        history.record(largest);
        reopen();
        assertThat(history.find(JobQuery.all())).containsExactly(largest);
        assertThat(history.problem()).isEmpty();
    }

    @Test
    void aLineIsWrittenUpToTheLengthThatIsRead() throws IOException {
        history.close();
        history = open(1000, 64 << 20);
        JobRecord empty = over(1, 10, "x");
        int room = Limits.HISTORY_LINE_BYTES - JobRecordLine.encode(empty).length + 1;
        JobRecord longest = over(1, 10, "x".repeat(room));
        JobRecord longer = over(2, 10, "x".repeat(room));
        history.record(longest);
        history.record(longer);
        reopen();
        assertThat(history.find(JobQuery.all())).hasSize(2).contains(longest);
        JobRecord kept = history.find(JobQuery.all()).stream()
                .filter(record -> record.id().equals(longer.id()))
                .findFirst()
                .orElseThrow();
        assertThat(kept.status()).isEqualTo(JobStatus.FINISHED);
        assertThat(kept.databases()).isEmpty();
        assertThat(kept.result().orElseThrow()).hasSize(10_001).endsWith("…");
        assertThat(history.problem()).isEmpty();
    }
}
