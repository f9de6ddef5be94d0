package io.kvbackup.examples;

import io.kvbackup.BackupManager;
import io.kvbackup.event.BackupEvent;
import io.kvbackup.event.BackupListener;
import io.kvbackup.health.Health;
import io.kvbackup.micrometer.BackupMetrics;
import io.kvbackup.model.Backup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyDueReport;
import io.kvbackup.verify.VerifyReport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Proves that backups restore, and asks how things stand. */
public final class VerifyAndHealth {
    private final PrintStream out;

    VerifyAndHealth(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of("target", "verify-and-health");
        Folders.delete(folder);
        new VerifyAndHealth(System.out).run(Files.createDirectories(folder));
    }

    /** @param folder empty */
    void run(Path folder) throws IOException {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (PackageStore store = PackageStore.open(folder.resolve("database"))) {
            store.load(new PackageRecords(Optional.empty()), (key, value) -> {});
            String storage = folder.resolve("backups").toUri().toString();
            // region watch
            BackupMetrics metrics = new BackupMetrics(registry); // any MeterRegistry of Micrometer
            BackupManager manager = BackupManager.builder()
                    .storage(storage)
                    .database(store.database())
                    .listener(metrics)
                    .listener(new BackupListener() {
                        @Override
                        public void onFailed(BackupEvent event) {
                            out.println(event.kind() + " of " + event.database() + " failed: " + event.text());
                        }
                    })
                    .build();
            metrics.watch(manager, Duration.ofMinutes(5)); // kvbackup.backup.age; scrapes never wait for the store
            // endregion
            try (manager) {
                verify(manager);
                verifyDue(manager);
                ask(manager);
            }
        }
    }

    private void verify(BackupManager manager) throws IOException {
        Backup backup = manager.backupDatabase("packages");
        // region verify
        VerifyReport report = manager.verify(backup.objectName(), VerifyLevel.DRILL); // or LISTED, or DIGEST
        out.println(report.entryCounts()); // {packages={packages=9063}}

        Backup listed = manager.listBackups("packages").get(0);
        out.println(listed.marks().lastVerification(VerifyLevel.DRILL)); // kept in the store, beside the backup
        // endregion
    }

    private void verifyDue(BackupManager manager) throws IOException {
        manager.backupDatabase("packages");
        // region verify-due
        VerifyDueReport due = manager.verifyDue(VerifyDueOptions.builder()
                .level(VerifyLevel.DRILL)
                .notVerifiedFor(Duration.ofDays(30))
                .rate(RateLimit.bytesPerSecond(100_000_000))
                .atMost(Duration.ofMinutes(30))
                .build());
        out.println(due); // verified 1 backups in …: 1 good, 0 failed, 0 left for the next time
        // endregion
    }

    private void ask(BackupManager manager) throws IOException {
        // region health
        Health health = manager.health();
        health.databases()
                .values()
                .forEach(database -> out.println(database.database() + ": newest backup " + database.age()
                        + " old, drilled " + database.lastDrill()));
        health.assertFresh(Duration.ofHours(25)); // or throws: which database, how old, what to do
        // endregion
    }
}
