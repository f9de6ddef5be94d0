package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.storage.RateLimit;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.ThrottledStorageClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/** Verifies what is due, within limits; one that fails does not keep the others from their turn. */
final class DueVerification {
    private final ManagerContext context;
    private final BackupCatalog catalog;
    private final Verifications verifications;

    DueVerification(ManagerContext context, BackupCatalog catalog, Verifications verifications) {
        this.context = context;
        this.catalog = catalog;
        this.verifications = verifications;
    }

    VerifyDueReport run(VerifyDueOptions options) throws IOException {
        TimeBudget time = new TimeBudget(context.nanoTime(), options.atMost());
        Run run = new Run(options, time);
        List<Backup> all = catalog.list().stream()
                .filter(backup -> options.concerns(backup.database()))
                .toList();
        DueBackups due =
                new DueBackups(options.level(), context.clock().instant().minus(options.notFor()));
        for (Backup backup : due.of(all)) {
            run.verify(backup);
        }
        return new VerifyDueReport(run.passed, run.failed, run.skipped, time.spent());
    }

    private final class Run {
        private final TimeBudget time;
        private final VerifyOptions each;
        private final StorageClient storage;
        private final List<VerifyReport> passed = new ArrayList<>();
        private final List<VerifyDueReport.Failure> failed = new ArrayList<>();
        private final List<Backup> skipped = new ArrayList<>();

        private Run(VerifyDueOptions options, TimeBudget time) {
            this.time = time;
            each = options.each().withProgress(time.around(options.each().progress()));
            RateLimit rate = options.rate().orElse(RateLimit.unlimited());
            storage = time.around(new ThrottledStorageClient(context.storage(), RateLimit.unlimited(), rate));
        }

        private void verify(Backup backup) throws IOException {
            if (time.isSpent()) {
                skipped.add(backup);
                return;
            }
            try {
                passed.add(verifications.verify(backup.objectName(), each, storage));
            } catch (IOException | RuntimeException e) {
                if (time.hasCut()) {
                    skipped.add(backup);
                } else if (e instanceof IOException failure) {
                    sort(backup, failure);
                } else {
                    throw e;
                }
            }
        }

        private void sort(Backup backup, IOException failure) throws IOException {
            if (failure instanceof InterruptedIOException
                    || Thread.currentThread().isInterrupted()) {
                throw failure;
            }
            if (failure instanceof NoSuchFileException && !catalog.exists(backup.objectName())) {
                return; // removed since it was listed
            }
            failed.add(new VerifyDueReport.Failure(
                    backup, failure instanceof CorruptBackupException, String.valueOf(failure.getMessage())));
        }
    }
}
