package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.model.Backup;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store with four backups, number 0 the oldest, and ways to look into it. */
abstract class FourBackups {
    final PruneHost host = new PruneHost();
    final List<Backup> backups = new ArrayList<>();
    BackupManager manager;

    @BeforeEach
    void takeFourBackups() throws IOException {
        manager = host.manager();
        for (int i = 0; i < 4; i++) {
            backups.add(host.backup(manager, i));
        }
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    String name(int number) {
        return backups.get(number).objectName();
    }

    List<String> listed() throws IOException {
        return manager.listBackups().stream().map(Backup::objectName).toList();
    }

    PruneReport prune(int last) throws IOException {
        return manager.planPrune(PruneHost.last(last)).execute();
    }

    void put(String key) throws IOException {
        host.storage.upload(key, ContentWriter.of("{}".getBytes(UTF_8)), PutCondition.none());
    }
}
