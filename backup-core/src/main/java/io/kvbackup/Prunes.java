package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.Pruner;
import io.kvbackup.retention.RetentionPolicy;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** Plans prunes and carries them out. */
final class Prunes {
    private final Pruner pruner;

    Prunes(ManagerContext context, BackupDeletion deletion) {
        this.pruner = new Pruner(
                context.storage(),
                context.access().withoutRetries(),
                context.access().retries(),
                context.leases(),
                deletion,
                context.clock(),
                context.grace());
    }

    /** Plans; the plan is carried out by {@code execution}, which leads to {@link #execute}. */
    PrunePlan plan(RetentionPolicy policy, PrunePlan.Execution execution) throws IOException {
        Pruner.Survey survey = pruner.survey(policy);
        return new PrunePlan(
                survey.kept(), survey.removed(), survey.doubtful(), survey.leftovers(), survey.bytes(), execution);
    }

    PruneReport execute(RetentionPolicy policy, PrunePlan plan) throws IOException {
        List<Backup> planned = plan.removed();
        Pruner.Result result =
                pruner.execute(policy, backup -> Collections.binarySearch(planned, backup, Backup.NEWEST_FIRST) >= 0);
        return new PruneReport(result.removed(), result.collected(), result.bytes());
    }
}
