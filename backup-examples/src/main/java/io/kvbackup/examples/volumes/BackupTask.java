package io.kvbackup.examples.volumes;

import io.kvbackup.BackupOptions;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import java.io.IOException;
import java.util.List;

/** Backs a volume up, whole or incrementally, and removes the backups that are more than {@code keep}. */
public final class BackupTask implements TaskType {
    @Override
    public String name() {
        return "backup";
    }

    @Override
    public String run(TaskContext context) throws IOException {
        boolean full = "full".equals(context.arguments().get("kind"));
        BackupOptions options = BackupOptions.builder()
                .kind(full ? BackupKind.FULL : BackupKind.INCREMENTAL)
                .build();
        Backup backup = context.manager().backupDatabase(context.database(), options);
        int keep = Integer.parseInt(context.arguments().getOrDefault("keep", "10"));
        List<Backup> all = context.manager().listBackups(context.database());
        for (Backup old : all.subList(Math.min(keep, all.size()), all.size())) {
            if (!old.isPinned()) {
                context.manager().deleteBackup(old.objectName());
            }
        }
        return VolumeBackups.fileOf(backup);
    }
}
