package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.model.Backup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.FileStorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

    @Test
    void kills15() throws Exception {
        killAndLookAround(15);
    }

    @Test
    @Tag("soak")
    void kills50() throws Exception {
        killAndLookAround(50);
    }

    private void killAndLookAround(int rounds) throws Exception {
        int interrupted = 0;
        for (int round = 1; round <= rounds; round++) {
            Process child = JobsChild.start("churn", folder.toString());
            try {
                JobsChild.awaitReady(child);
                assertThat(child.waitFor(50 + random.nextInt(500), TimeUnit.MILLISECONDS))
                        .as("still runs")
                        .isFalse();
            } finally {
                child.destroyForcibly();
                child.waitFor();
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
            List<JobRecord> backups =
                    manager.jobs().history(JobQuery.all().kind("backup").schedule("backup"));
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
            forgetDeadLeases();
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

    /** Stands for the half minute in which others wait for the lease of a prune that was killed. */
    private void forgetDeadLeases() throws IOException {
        Files.deleteIfExists(folder.resolve("store/leases/prune.json"));
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
        Set<String> listed =
                manager.listBackups().stream().map(Backup::objectName).collect(Collectors.toSet());
        assertThat(listed).isNotEmpty();
        try (Stream<StorageObject> objects = store.list("backups/")) {
            assertThat(objects.map(StorageObject::key))
                    .as("seed %d: nothing but listed backups, their manifests and marks", seed)
                    .allMatch(key -> listed.stream().anyMatch(key::startsWith));
        }
    }
}
