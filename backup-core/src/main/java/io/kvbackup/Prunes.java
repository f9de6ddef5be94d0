package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.Pruner;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        List<Backup> removed = survey.choice().removed();
        return new PrunePlan(
                survey.choice().kept(),
                removed,
                survey.doubtful(),
                survey.leftovers().stream().map(StorageObject::key).toList(),
                Stream.concat(
                                removed.stream().map(Backup::storedBytes),
                                survey.leftovers().stream().map(StorageObject::size))
                        .mapToLong(Long::longValue)
                        .sum(),
                execution);
    }

    PruneReport execute(RetentionPolicy policy, PrunePlan plan) throws IOException {
        Set<String> names = plan.removed().stream().map(Backup::objectName).collect(Collectors.toSet());
        Pruner.Result result = pruner.execute(policy, names);
        return new PruneReport(
                result.removed(),
                result.collected().stream().map(StorageObject::key).toList(),
                result.collected().stream().mapToLong(StorageObject::size).sum());
    }
}
