package io.kvbackup.verify;

import io.kvbackup.host.ManagerContext;
import io.kvbackup.job.JobContext;
import io.kvbackup.job.JobScope;
import io.kvbackup.job.Jobs;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupTable;
import io.kvbackup.repository.Ints;
import io.kvbackup.repository.tree.PackChecks;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.storage.throttle.ThrottledStorageClient;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Verifies the backups that are due, within limits; goes on after one that fails. */
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public final class DueVerifier {
    private final ManagerContext context;
    private final BackupCatalog catalog;
    private final Verifier verifications;

    public DueVerifier(ManagerContext context, BackupCatalog catalog, Verifier verifications) {
        this.context = context;
        this.catalog = catalog;
        this.verifications = verifications;
    }

    /** @param jobs each verification is a job of its own, within {@code job} */
    public VerifyDueReport run(VerifyDueOptions options, Jobs jobs, JobContext job) throws IOException {
        TimeBudget time = new TimeBudget(context.nanoTime(), options.atMost());
        Run run = new Run(options, time, jobs, job);
        BackupCatalog.Survey survey = catalog.survey();
        List<String> lost = survey.lost().stream()
                .filter(backup -> options.concerns(backup.database()))
                .map(Backup::objectName)
                .toList();
        List<Backup> all = concerned(survey.backups(), options);
        Ints due = new DueBackups(options.level(), context.clock().instant(), options.notFor()).of(all);
        Ints skipped = new Ints();
        for (int i = 0; i < due.size(); i++) {
            if (!run.verify(all.get(due.get(i)))) {
                skipped.add(due.get(i));
            }
        }
        VerifyDueReport report =
                new VerifyDueReport(run.passed, run.failed, BackupTable.pick(skipped, all::get), lost, time.spent());
        job.result(report.toString());
        return report;
    }

    private static List<Backup> concerned(List<Backup> all, VerifyDueOptions options) {
        Ints positions = new Ints();
        int position = 0;
        for (Backup backup : all) {
            boolean unconfirmed = backup.kind() == BackupKind.INCREMENTAL && !backup.hasManifest();
            if (options.concerns(backup.database()) && !unconfirmed) {
                positions.add(position);
            }
            position++;
        }
        return BackupTable.pick(positions, all::get);
    }

    private final class Run {
        private final TimeBudget time;
        private final Jobs jobs;
        private final JobContext job;
        private final VerifyOptions each;
        private final StorageClient storage;
        private final PackChecks packs = new PackChecks(context.clock());
        private final List<VerifyReport> passed = new ArrayList<>();
        private final List<VerifyDueReport.Failure> failed = new ArrayList<>();

        private Run(VerifyDueOptions options, TimeBudget time, Jobs jobs, JobContext job) {
            this.time = time;
            this.jobs = jobs;
            this.job = job;
            each = options.each();
            RateLimit rate = options.rate().orElse(RateLimit.unlimited());
            storage = time.around(new ThrottledStorageClient(context.storage(), RateLimit.unlimited(), rate));
        }

        /** Returns whether there was time for it. */
        private boolean verify(Backup backup) throws IOException {
            if (time.isSpent()) {
                return false;
            }
            job.checkActive();
            JobScope scope = JobScope.about("verify", backup.database());
            try {
                Optional<VerifyReport> report = jobs.call(scope, one -> verify(backup, one));
                report.ifPresent(passed::add);
                return report.isPresent();
            } catch (IOException e) {
                sort(backup, e);
            } catch (RuntimeException e) {
                // Scratch databases are the host's code: if one throws, the rest must still be verified.
                sort(backup, e);
            }
            return true;
        }

        /** Empty if the time was up first. */
        private Optional<VerifyReport> verify(Backup backup, JobContext one) throws IOException {
            one.result(backup.objectName());
            VerifyOptions watched = each.alsoTelling(time.around(one));
            try {
                return Optional.of(verifications.verify(backup.objectName(), watched, storage, packs));
            } catch (IOException | RuntimeException e) {
                if (!time.hasCut()) {
                    throw e;
                }
                one.result(backup.objectName() + " is left for the next time: the time is up");
                return Optional.empty();
            }
        }

        private <E extends Exception> void sort(Backup backup, E failure) throws E, IOException {
            boolean cancelled = Interruption.is(failure)
                    || failure instanceof CancellationException
                    || Interruption.is(failure.getCause());
            if (cancelled || Thread.currentThread().isInterrupted()) {
                throw failure;
            }
            if (failure instanceof NoSuchFileException && !catalog.exists(backup.objectName())) {
                return; // removed since it was listed
            }
            failed.add(new VerifyDueReport.Failure(
                    backup,
                    failure instanceof CorruptBackupException,
                    failure.getMessage() == null ? failure.toString() : failure.getMessage()));
        }
    }
}
