package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.model.Backup;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionAndPruneTest {
    @Test
    void threeOfSixStay(@TempDir Path folder) throws Exception {
        String store = folder.toUri().toString();

        RetentionAndPrune.main(new String[] {store});

        try (BackupManager manager = BackupManager.builder().storage(store).build()) {
            assertThat(manager.listBackups()).hasSizeBetween(3, 4).anyMatch(Backup::isPinned);
        }
    }
}
