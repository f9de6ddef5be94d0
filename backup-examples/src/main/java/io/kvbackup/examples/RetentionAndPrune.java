package io.kvbackup.examples;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.retention.RetentionPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which backups to keep, and how the others go. The argument is a store, {@code mem:retention} unless given. */
public final class RetentionAndPrune {
    private RetentionAndPrune() {}

    public static void main(String[] arguments) throws IOException {
        ConcurrentHashMap<String, String> notes = new ConcurrentHashMap<>(Map.of("a", "apple"));
        try (BackupManager manager = BackupManager.builder()
                .storage(arguments.length > 0 ? arguments[0] : "mem:retention")
                .database(MapDatabase.builder("orders")
                        .set("notes", notes, Codec.utf8(), Codec.utf8())
                        .build())
                .gracePeriod(Duration.ofHours(24))
                .build()) {
            for (int i = 0; i < 5; i++) {
                manager.backupDatabase("orders");
            }
            run(manager);
        }
    }

    static PrunePlan run(BackupManager manager) throws IOException {
        // region retention
        Backup release = manager.backupDatabase(
                "orders", BackupOptions.builder().tag("release-1.2").build());
        manager.marks().pin(release.objectName()); // stays until it is unpinned, whatever a policy says

        RetentionPolicy policy = RetentionPolicy.builder()
                .keepLast(3)
                .keepDaily(7)
                .keepWeekly(5)
                .keepMonthly(12)
                .keepTag("release-1.2")
                .zone(ZoneId.of("Europe/Berlin")) // where days begin; UTC unless set
                .build();

        PrunePlan plan = manager.planPrune(policy);
        System.out.println(plan); // a line for each backup: it goes, or why it stays
        plan.execute();
        // endregion
        return plan;
    }
}
