package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.disk.OtherProcess;
import io.kvbackup.format.LeaseRecord;
import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.model.Backup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.Sleeper;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that backs up and prunes by schedules is killed at random moments, again and again on one store. */
class KilledJobsTest {
    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    /** Passes beside the real time while a manager waits for a lease. */
    private final AtomicLong waited = new AtomicLong();

    @Test
    @Tag("thorough")
    void kills8() throws Exception {
        killAndLookAround(8);
    }

    @Test
    @Tag("soak")
    void kills50() throws Exception {
        killAndLookAround(50);
    }

    private void killAndLookAround(int rounds) throws Exception {
        int interrupted = 0;
        for (int round = 1; round <= rounds; round++) {
            try (OtherProcess child = JobsChild.start("churn", folder)) {
                child.awaitReady();
                assertThat(child.endsWithin(Duration.ofMillis(50 + random.nextInt(500))))
                        .as("still runs")
                        .isFalse();
                child.kill();
            }
            interrupted += lookAround("seed " + seed + ", round " + round);
        }
        assertThat(interrupted).as("kills that hit a job, seed %d", seed).isPositive();
        leftoversGoAfterTheGracePeriod();
    }

    private BackupManager restart(Clock clock) throws IOException {
        return BackupManager.builder()
                .storage(folder.resolve("store").toUri().toString())
                .clock(clock)
                .time(() -> System.nanoTime() + waited.get(), pause -> waited.addAndGet(pause.toNanos()))
                .gracePeriod(JobsChild.GRACE)
                .database(JobsChild.orders())
                .jobs(JobOptions.builder()
                        .historyFolder(folder.resolve("history"))
                        .alone(true)
                        .build())
                .build();
    }

    private int lookAround(String what) throws IOException {
        try (BackupManager manager = restart(Clock.systemUTC())) {
            List<JobRecord> backups = manager.jobs().history(JobQuery.all().kind("backup"));
            assertThat(manager.jobs().list()).as(what).isEmpty();
            assertThat(manager.jobs().historyProblem()).as(what).isEmpty();
            assertThat(manager.jobs().history(JobQuery.all().status(JobStatus.RUNNING, JobStatus.PENDING)))
                    .as(what)
                    .isEmpty();
            List<Backup> listed = manager.listBackups("orders").stream()
                    .filter(Backup::hasManifest)
                    .toList();
            for (Backup backup : listed) {
                assertThat(manager.verify(backup.objectName(), VerifyLevel.DRILL)
                                .passed())
                        .as(what)
                        .isTrue();
            }
            historyTellsTheTruth(what, backups, listed);
            outlastDeadLease(manager, what);
            return manager.jobs().history(JobQuery.all().status(JobStatus.ERROR)).stream()
                    .map(record -> record.failure().orElseThrow())
                    .mapToInt(failure -> failure.startsWith("interrupted") ? 1 : 0)
                    .sum();
        }
    }

    private static void historyTellsTheTruth(String what, List<JobRecord> backups, List<Backup> listed) {
        Set<String> finished =
                backups.stream().flatMap(record -> record.result().stream()).collect(Collectors.toSet());
        long interrupted = backups.stream()
                .filter(record -> record.status() == JobStatus.ERROR)
                .count();
        Set<String> present = listed.stream().map(Backup::objectName).collect(Collectors.toSet());
        assertThat(present.stream().filter(name -> !finished.contains(name)).count())
                .as("%s: backups that no job owns up to are of jobs that were killed after their last write", what)
                .isLessThanOrEqualTo(interrupted);
        Optional<String> newest =
                backups.stream().flatMap(record -> record.result().stream()).max(String::compareTo);
        newest.ifPresent(name -> assertThat(present).as(what).contains(name));
    }

    /**
     * The lease of a prune that was killed stays for half a minute; whoever waits for it takes it then, with a greater
     * token.
     */
    private void outlastDeadLease(BackupManager manager, String what) throws IOException {
        long before = pruneToken();
        manager.planPrune(JobsChild.KEEP).execute();
        assertThat(pruneToken()).as(what).isGreaterThan(before);
    }

    private long pruneToken() throws IOException {
        try (FileStorageClient store = new FileStorageClient(folder.resolve("store"))) {
            LeaseTime time = new LeaseTime(Clock.systemUTC(), System::nanoTime, Sleeper.SYSTEM);
            return new LeaseStore(store, time, random)
                    .read("prune")
                    .map(LeaseRecord::token)
                    .orElse(0L);
        }
    }

    /** Ages are those of the store's clock, so the grace period has to pass. */
    private void leftoversGoAfterTheGracePeriod() throws IOException {
        try (BackupManager manager = restart(Clock.systemUTC());
                FileStorageClient store = new FileStorageClient(folder.resolve("store"))) {
            await().pollInterval(JobsChild.GRACE.dividedBy(2))
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> {
                        manager.planPrune(JobsChild.KEEP).execute();
                        onlyListedBackupsAreThere(manager, store);
                    });
        }
    }

    private void onlyListedBackupsAreThere(BackupManager manager, FileStorageClient store) throws IOException {
        Set<String> restorable = manager.listBackups().stream()
                .filter(Backup::hasManifest)
                .map(Backup::objectName)
                .collect(Collectors.toSet());
        assertThat(restorable).isNotEmpty();
        try (Stream<StorageObject> objects = store.list("backups/")) {
            assertThat(objects.map(StorageObject::key))
                    .as("seed %d: nothing but backups that can be restored, their manifests and marks", seed)
                    .allMatch(key -> restorable.stream().anyMatch(key::startsWith));
        }
        try (Stream<Path> files = Files.list(folder.resolve("store/.kvbackup/tmp"))) {
            assertThat(files)
                    .as("seed %d: temporary files of uploads that were killed", seed)
                    .isEmpty();
        }
    }
}
