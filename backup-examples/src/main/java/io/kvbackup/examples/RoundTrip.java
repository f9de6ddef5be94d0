package io.kvbackup.examples;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.RestoreOptions;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.verify.VerifyReport;
import java.io.IOException;
import java.io.PrintStream;

/** The steps of {@link PackagesExample}, each with a line of report. */
final class RoundTrip {
    private final PackageStore store;
    private final PackageRecords records;
    private final BackupManager manager;
    private final PrintStream out;

    RoundTrip(PackageStore store, PackageRecords records, BackupManager manager, PrintStream out) {
        this.store = store;
        this.records = records;
        this.manager = manager;
        this.out = out;
    }

    /** Returns whether every record came back. */
    boolean run(String storageUri, long seed) throws IOException {
        out.println("Loading " + records.source() + " into RocksDB");
        Rate loaded = load();
        out.println("  " + loaded);

        out.println("Backing up to " + StorageUri.parse(storageUri));
        Backup backup = backUp(loaded.bytes());
        out.println("  stored as " + backup.objectName());

        VerifyReport report = manager.verify(backup.objectName());
        out.printf("  verified: %,d entries, every digest and count as promised%n", report.entries());

        Damage damage = new Damage(seed);
        damage.strike(store, records);
        out.println("Damaging the live database");
        out.println("  " + damage);
        out.println("  now: " + Comparison.of(store, records));

        out.println("Restoring");
        restore(backup, loaded.bytes());
        Comparison restored = Comparison.of(store, records);
        out.println("  now: " + restored);
        out.println(restored.isEqual() ? "OK: every record is as it was." : "FAILED: the records differ.");
        return restored.isEqual();
    }

    private Rate load() throws IOException {
        Rate rate = new Rate();
        store.load(records, rate::add);
        return rate.stop();
    }

    private Backup backUp(long bytes) throws IOException {
        ProgressBar bar = new ProgressBar(out, "backup");
        Rate rate = new Rate();
        Backup backup = manager.backupDatabase(
                PackageStore.DATABASE, BackupOptions.builder().progress(bar).build());
        bar.end();
        rate.add(backup.metadata().orElseThrow().entryCount(), bytes);
        out.println("  " + rate.stop());
        out.printf(
                "  %s in the store, %.1f times smaller%n",
                Rate.megabytes(backup.storedBytes()), (double) bytes / backup.storedBytes());
        return backup;
    }

    private void restore(Backup backup, long bytes) throws IOException {
        ProgressBar bar = new ProgressBar(out, "restore");
        Rate rate = new Rate();
        manager.restoreDatabase(
                backup.objectName(), RestoreOptions.builder().progress(bar).build());
        bar.end();
        rate.add(backup.metadata().orElseThrow().entryCount(), bytes);
        out.println("  " + rate.stop());
    }
}
