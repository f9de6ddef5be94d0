package io.kvbackup.spring;

import io.kvbackup.BackupManager;
import io.kvbackup.health.Health.OfDatabase;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Shows the health of backups: {@code DOWN} if the store does not answer, {@code WARNING} if a backup is missing or
 * something needs a look, else {@code UP}. Asks the store each time.
 */
final class KvbackupHealthIndicator extends AbstractHealthIndicator {
    static final Status WARNING = new Status("WARNING", "the application works, its backups need a look");

    private final BackupManager manager;

    KvbackupHealthIndicator(BackupManager manager) {
        super("the health of the backups could not be found out");
        this.manager = manager;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) throws IOException {
        io.kvbackup.health.Health health = manager.health();
        boolean missing = health.databases().values().stream()
                .anyMatch(database -> database.live() && database.newestGood().isEmpty());
        if (health.storeProblem().isPresent()) {
            builder.down().withDetail("store", health.storeProblem().get());
        } else if (missing || !health.warnings().isEmpty()) {
            builder.status(WARNING);
        } else {
            builder.up();
        }
        Map<String, String> databases = new LinkedHashMap<>();
        health.databases().forEach((name, database) -> databases.put(name, describe(database)));
        builder.withDetail("databases", databases);
        if (!health.warnings().isEmpty()) {
            builder.withDetail("warnings", health.warnings());
        }
    }

    private static String describe(OfDatabase database) {
        return database.newestGood()
                .map(backup -> backup.objectName() + ", taken " + backup.timestamp()
                        + database.lastDrill()
                                .map(drill -> ", last drill " + drill.at())
                                .orElse(", never drilled"))
                .orElse("no good backup");
    }
}
