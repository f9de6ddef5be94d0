package io.kvbackup.prune;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.log.LogRetention;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Removes segments and timelines of logs that are needed for no moment that is to stay, and keeps the backups that are.
 * Nothing refers to a segment, so none has a tombstone: instead, what was needed until a grace period ago still is.
 * Used by one thread.
 */
final class LogSweep {
    private static final String REASON = "base of the log";

    private final LogRetention logs;
    private final RetentionPolicy policy;
    private final Map<String, Duration> replicated;
    private final GarbageRules rules;
    private final Set<String> bases = new HashSet<>();
    private final List<StorageObject> over = new ArrayList<>();

    /** @param replicated for how long the logs of this manager's replications are kept, whatever the policy says */
    LogSweep(LogRetention logs, RetentionPolicy policy, Map<String, Duration> replicated, GarbageRules rules) {
        this.logs = logs;
        this.policy = policy;
        this.replicated = replicated;
        this.rules = rules;
    }

    /** Finds out what is needed; before any backup is judged. */
    LogSweep look() throws IOException {
        for (String database : logs.databases()) {
            Duration span = keep(database).plus(rules.grace());
            LogRetention.Verdict verdict = logs.judge(database, rules.now().minus(span), rules.now());
            bases.addAll(verdict.bases());
            verdict.over().stream().filter(rules::isOld).forEach(over::add);
        }
        return this;
    }

    private Duration keep(String database) {
        Duration own = replicated.getOrDefault(database, Duration.ZERO);
        Duration said = policy.keepLog(database).orElse(own.isZero() ? RetentionPolicy.KEEP_LOG : Duration.ZERO);
        return own.compareTo(said) > 0 ? own : said;
    }

    /** Lets backups pass on to who judges them, each with one reason more if the log goes on from it. */
    BiConsumer<Backup, List<String>> andKeepBases(BiConsumer<Backup, List<String>> verdict) {
        return (backup, why) -> {
            if (bases.contains(backup.objectName())) {
                List<String> more = new ArrayList<>(why);
                more.add(REASON);
                verdict.accept(backup, more);
            } else {
                verdict.accept(backup, why);
            }
        };
    }

    /** Deletes what nobody needs. */
    void run(BackupObjects.Pulse lease, PruneDeletes deletes) throws IOException {
        lease.beat();
        deletes.deleteAll(over.stream().map(StorageObject::key));
    }

    /** Names of what is gone, or would go. */
    List<String> names() {
        return over.stream().map(StorageObject::key).toList();
    }

    long bytes() {
        return over.stream().mapToLong(StorageObject::size).sum();
    }
}
