package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackChecksTest {
    @TempDir
    private Path folder;

    private TreeHost host;

    @BeforeEach
    void open() {
        host = new TreeHost(new MemoryStorageClient(), folder);
        host.putOrders(0, 3_000, 0);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aPackThatSeveralBackupsShareIsReadOnce() throws IOException {
        Backup first = host.backup();
        host.putOrders(0, 100, 1);
        Backup second = host.backup();
        assertThat(host.manifest(second).packs().get(0))
                .as("less of it is live")
                .isNotEqualTo(host.manifest(first).packs().get(0));
        RequestLog log = new RequestLog(host.store);
        PackChecks checks = new PackChecks(host.clock);

        checks.requireStored(log, host.stored(first.objectName()).manifest().orElseThrow(), true);
        checks.requireStored(log, host.stored(second.objectName()).manifest().orElseThrow(), true);

        assertThat(log.requests()).hasSize(host.packs().size());
    }

    @Test
    void aListingThatFailsIsAnIoException() throws IOException {
        Backup backup = host.backup();
        FaultyStorageClient faulty = new FaultyStorageClient(host.store).next(StorageOperation.LIST, Fault.BEFORE);

        assertThatThrownBy(() -> PackChecks.requireListed(faulty, host.manifest(backup)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("on purpose");
    }
}
