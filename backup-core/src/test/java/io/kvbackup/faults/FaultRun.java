package io.kvbackup.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.BackupOptions;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.faults.FaultReport.Outcome;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A handful of backups, restores, deletions and listings on a store that fails, and what must hold after each of them:
 *
 * <ul>
 *   <li>A backup that is reported as made is there, whole, and holds what the database held. One that failed says why,
 *       and has left nothing; if the store was so ill that what was written could not be removed, that is not listed as
 *       a backup.
 *   <li>A restore gives the state of that backup, or leaves the database as it was.
 *   <li>The network's faults are never taken for damage, for a missing backup, or for another writer.
 *   <li>Each step ends in time.
 * </ul>
 *
 * Not safe for use by several threads. The caller looks for leaks, which only it can see.
 */
public final class FaultRun {
    private static final int RUNS_PER_ENCRYPTION = 3;

    private final String seed;
    private final boolean encrypted;
    private final Random random;
    private final FaultySetup setup;
    private final LiveData live = new LiveData();
    private final LiveData copy = new LiveData();
    private final Map<String, Map<String, ByteBuffer>> known = new LinkedHashMap<>();
    private final FaultReport report = new FaultReport();
    private final List<String> history = new ArrayList<>();

    public FaultRun(long seed, FaultySetup setup) {
        this.seed = "seed " + seed;
        this.random = new Random(seed);
        // Encrypted archives have other bytes at each attempt.
        this.encrypted = Math.floorMod(seed, RUNS_PER_ENCRYPTION) == 0;
        this.setup = setup;
    }

    /** A step of a run. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** Takes some steps; throws {@link AssertionError} if something does not hold. */
    public FaultReport run(int steps) throws IOException {
        try (BackupManager faulty = manager(setup.faulty(), live);
                BackupManager honest = manager(setup.honest(), copy)) {
            live.change(random, 0);
            for (int step = 0; step < steps; step++) {
                timed(() -> step(faulty, honest));
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(seed + ", steps " + history + ": " + e.getMessage(), e);
        }
        return report;
    }

    private BackupManager manager(StorageClient store, LiveData data) throws IOException {
        BackupManagerBuilder builder =
                BackupManager.builder().storage(store).database(data.database()).retryPolicy(setup.retries());
        return (encrypted ? builder.encryption(EncryptionKeys.ofRaw("key", new byte[32])) : builder).build();
    }

    private void timed(Step step) throws IOException {
        long start = System.nanoTime();
        step.run();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as("duration").isLessThan(setup.patience());
    }

    private void step(BackupManager faulty, BackupManager honest) throws IOException {
        int dice = known.isEmpty() ? 0 : random.nextInt(10);
        if (dice < 4) {
            backUp(faulty, honest);
        } else if (dice < 6) {
            restore(faulty);
        } else if (dice < 7) {
            restoreLatest(faulty);
        } else if (dice < 8) {
            verify(faulty);
        } else if (dice < 9) {
            list(faulty, honest);
        } else {
            delete(faulty);
        }
    }

    private void backUp(BackupManager faulty, BackupManager honest) throws IOException {
        live.change(random, setup.largeBytes());
        boolean spool = random.nextInt(3) == 0;
        history.add(spool ? "spooled backup" : "backup");
        Set<String> before = keys();
        try {
            Backup backup = faulty.backupDatabase(
                    LiveData.NAME, BackupOptions.builder().spool(spool).build());
            assertNew(before, backup.objectName(), backup.objectName() + ".manifest.json");
            confirm(honest, backup.objectName());
            report.add(Outcome.BACKUP_MADE);
        } catch (IOException e) {
            assertClear(e);
            assertThat(e).as("somebody else").isNotInstanceOf(PreconditionFailedException.class);
            lookAround(honest, before, e);
        }
    }

    private void confirm(BackupManager honest, String objectName) throws IOException {
        honest.restoreDatabase(objectName);
        assertThat(copy.state()).as("content of " + objectName).isEqualTo(live.state());
        known.put(objectName, live.state());
    }

    /** After a backup that was reported as failed. */
    private void lookAround(BackupManager honest, Set<String> before, IOException failure) throws IOException {
        Set<String> added = keys();
        added.removeAll(before);
        if (added.isEmpty()) {
            report.add(Outcome.BACKUP_FAILED);
            return;
        }
        history.add("left " + added + " after " + failure);
        assertThat(hasSuppressed(failure))
                .as("the failure says that tidying up failed too")
                .isTrue();
        String archive = added.iterator().next();
        if (added.size() == 1) {
            assertThat(archive).doesNotEndWith(".manifest.json");
            report.add(Outcome.BACKUP_FAILED_WITH_REMAINS);
        } else {
            assertThat(added).containsExactly(archive, archive + ".manifest.json");
            confirm(honest, archive);
            report.add(Outcome.BACKUP_IN_DOUBT);
        }
    }

    private static boolean hasSuppressed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getSuppressed().length > 0) {
                return true;
            }
        }
        return false;
    }

    private void restore(BackupManager faulty) throws IOException {
        String objectName = anyKnown();
        history.add("restore");
        live.change(random, 0);
        Map<String, ByteBuffer> before = live.state();
        try {
            faulty.restoreDatabase(objectName);
            assertThat(live.state()).isEqualTo(known.get(objectName));
            report.add(Outcome.RESTORED);
        } catch (IOException e) {
            assertClear(e);
            assertThat(live.state()).as("the database after a failed restore").isEqualTo(before);
            report.add(Outcome.RESTORE_FAILED);
        }
    }

    private void restoreLatest(BackupManager faulty) throws IOException {
        history.add("restore of the latest");
        live.change(random, 0);
        Map<String, ByteBuffer> before = live.state();
        try {
            Optional<Backup> restored = faulty.restoreLatest(LiveData.NAME);
            if (setup.truthfulLists()) {
                assertThat(restored.map(Backup::objectName)).contains(new TreeSet<>(known.keySet()).last());
            }
            assertThat(live.state())
                    .isEqualTo(restored.map(backup -> known.get(backup.objectName()))
                            .orElse(before));
            report.add(Outcome.RESTORED);
        } catch (IOException e) {
            assertClear(e);
            assertThat(live.state()).as("the database after a failed restore").isEqualTo(before);
            report.add(Outcome.RESTORE_FAILED);
        }
    }

    private void verify(BackupManager faulty) {
        history.add("verification");
        String objectName = anyKnown();
        try {
            assertThat(faulty.verify(objectName).entries())
                    .isEqualTo(known.get(objectName).size());
            report.add(Outcome.OTHER_DONE);
        } catch (IOException e) {
            assertClear(e);
            report.add(Outcome.OTHER_FAILED);
        }
    }

    private void list(BackupManager faulty, BackupManager honest) throws IOException {
        history.add("listing");
        try {
            List<Backup> listed = faulty.listBackups();
            if (setup.truthfulLists()) {
                assertThat(listed).isEqualTo(honest.listBackups());
            }
            report.add(Outcome.OTHER_DONE);
        } catch (IOException e) {
            assertClear(e);
            report.add(Outcome.OTHER_FAILED);
        }
    }

    private void delete(BackupManager faulty) throws IOException {
        history.add("deletion");
        String objectName = anyKnown();
        try {
            faulty.deleteBackup(objectName);
            assertThat(keys()).doesNotContain(objectName, objectName + ".manifest.json");
            known.remove(objectName);
            report.add(Outcome.OTHER_DONE);
        } catch (IOException e) {
            assertClear(e);
            Set<String> keys = keys();
            if (keys.contains(objectName + ".manifest.json")) {
                assertThat(keys).as("what the manifest describes").contains(objectName);
            } else {
                known.remove(objectName);
            }
            report.add(Outcome.OTHER_FAILED);
        }
    }

    private String anyKnown() {
        return List.copyOf(known.keySet()).get(random.nextInt(known.size()));
    }

    private void assertClear(IOException e) {
        assertThat(e).as("failure").isNotInstanceOf(InterruptedIOException.class);
        if (setup.truthfulLists()) {
            // Else a backup is not found, or not whole, until the listing has caught up.
            assertThat(e).as("failure").isNotInstanceOfAny(CorruptBackupException.class, NoSuchFileException.class);
        }
        assertThat(e.getMessage()).as("message of %s", e).isNotBlank();
    }

    private void assertNew(Set<String> before, String... expected) throws IOException {
        Set<String> added = keys();
        added.removeAll(before);
        assertThat(added).as("new objects").containsExactlyInAnyOrder(expected);
    }

    /** Without what says that this is a store, and what its conditions were tried with: that is no part of a backup. */
    private Set<String> keys() throws IOException {
        try (Stream<StorageObject> objects = setup.honest().list("")) {
            return objects.map(StorageObject::key)
                    .filter(key -> !key.startsWith("kvbackup"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
