package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.encryption.RewrapReport;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that keeps no conditions, and the jobs of one process that meet there. */
@Timeout(60)
class ExclusivePruneTest {
    private final EncryptedHost host = new EncryptedHost();
    private final EncryptionKeys old = EncryptedHost.raw("old");
    private final EncryptionKeys current = EncryptedHost.raw("new");
    private final CountDownLatch uploading = new CountDownLatch(1);
    private final CountDownLatch deleted = new CountDownLatch(1);
    private volatile String victim = "none";

    /** Stops the upload of the victim's manifest between the look at its condition and the moment when it lands. */
    private final StorageClient careless = new ForwardingStorageClient(host.storage) {
        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            ByteArrayOutputStream arrived = new ByteArrayOutputStream();
            content.writeTo(arrived);
            if (key.equals(victim)) {
                uploading.countDown();
                await().until(() -> deleted.getCount() == 0 || someoneWaitsForTheKey());
            }
            return super.upload(key, ContentWriter.of(arrived.toByteArray()), PutCondition.none());
        }

        @Override
        public void delete(Collection<String> keys) throws IOException {
            super.delete(keys);
            if (keys.contains(victim)) {
                deleted.countDown();
            }
        }

        @Override
        public StorageTraits traits() {
            return super.traits().withConditions(Conditions.IGNORED);
        }
    };

    private static boolean someoneWaitsForTheKey() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().endsWith(".KeyLocks$Hold"));
    }

    private BackupManager manager(EncryptionKeys keys) throws IOException {
        return host.builder(keys, careless).exclusiveWriter(true).build();
    }

    @Test
    void whatPruneRemovesDoesNotComeBackWithAnUploadThatWasUnderWay() throws Exception {
        Backup first;
        Backup second;
        try (BackupManager manager = manager(old)) {
            first = manager.backupDatabase("orders");
            host.clock.advanceSeconds(3600);
            second = manager.backupDatabase("orders");
        }
        victim = EncryptedHost.manifest(first.objectName());
        try (BackupManager rewrapping = manager(current.withOlder(old));
                BackupManager pruning = manager(current.withOlder(old))) {
            CompletableFuture<RewrapReport> rewrapped = CompletableFuture.supplyAsync(() -> rewrap(rewrapping));
            uploading.await();
            pruning.planPrune(PruneHost.last(1)).execute();
            rewrapped.get();

            assertThat(pruning.listBackups()).extracting(Backup::objectName).containsExactly(second.objectName());
        }
    }

    private static RewrapReport rewrap(BackupManager manager) {
        try {
            return manager.rewrapBackups();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
