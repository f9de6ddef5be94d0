package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKey;
import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.encryption.RewrapReport;
import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyRotationTest {
    private final EncryptedHost host = new EncryptedHost();
    private final EncryptionKeys old = EncryptedHost.raw("old");
    private final EncryptionKeys current = EncryptedHost.raw("new");
    private final Map<String, String> original = host.state();

    private List<String> threeBackups() throws IOException {
        List<String> names = new ArrayList<>();
        try (BackupManager manager = host.manager(old)) {
            for (int i = 0; i < 3; i++) {
                names.add(manager.backupDatabase("orders").objectName());
            }
        }
        return names;
    }

    private void restoresEachWith(EncryptionKeys keys, List<String> names) throws IOException {
        try (BackupManager manager = host.manager(keys)) {
            for (String name : names) {
                host.live.clear();
                manager.restoreDatabase(name);
                assertThat(host.state()).isEqualTo(original);
            }
        }
    }

    @Test
    void afterItTheOldKeyCanBeRetired() throws IOException {
        List<String> names = threeBackups();
        byte[] archive = host.read(names.get(0));
        try (BackupManager manager = host.manager(current.withOlder(old))) {
            assertThat(manager.rewrapBackups()).isEqualTo(new RewrapReport(3, 0));
            assertThat(manager.rewrapBackups()).isEqualTo(new RewrapReport(0, 3));
        }
        assertThat(host.read(names.get(0))).isEqualTo(archive);
        restoresEachWith(current, names);
        try (BackupManager manager = host.manager(old)) {
            assertThatThrownBy(() -> manager.restoreDatabase(names.get(0)))
                    .isInstanceOf(EncryptionKeyException.class)
                    .hasMessageContaining("'new'");
        }
    }

    @Test
    void aCrashBetweenAnyTwoManifestsLeavesAllReadable() throws IOException {
        List<String> names = threeBackups();
        for (int crashAt = 0; crashAt < 3; crashAt++) {
            int[] left = {crashAt == 0 ? 0 : 1};
            StorageClient dying = new ForwardingStorageClient(host.storage) {
                @Override
                public StorageObject upload(String key, ContentWriter content, PutCondition condition)
                        throws IOException {
                    if (left[0]-- <= 0) {
                        throw new IOException("the process has died");
                    }
                    return super.upload(key, content, condition);
                }
            };
            try (BackupManager manager =
                    host.builder(current.withOlder(old), dying).build()) {
                assertThatThrownBy(manager::rewrapBackups)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("could not be wrapped")
                        .hasMessageContaining("the process has died");
            }
            restoresEachWith(current.withOlder(old), names);
        }
        try (BackupManager manager = host.manager(current.withOlder(old))) {
            assertThat(manager.rewrapBackups()).isEqualTo(new RewrapReport(1, 2));
        }
        restoresEachWith(current, names);
    }

    @Test
    void aManifestWhoseUploadTimesOutDoesNotKeepTheOthers() throws IOException {
        List<String> names = threeBackups();
        String slow = EncryptedHost.manifest(names.get(2));
        StorageClient timingOut = new ForwardingStorageClient(host.storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.equals(slow)) {
                    throw new SocketTimeoutException("write timed out");
                }
                return super.upload(key, content, condition);
            }
        };
        try (BackupManager manager =
                host.builder(current.withOlder(old), timingOut).build()) {
            assertThatThrownBy(manager::rewrapBackups).hasMessageContaining("1 backups could not be wrapped");
        }
        restoresEachWith(current, names.subList(0, 2));
    }

    /** Trap T4: a manifest that was removed or replaced meanwhile must not come back. */
    @Test
    void whatIsRemovedMeanwhileStaysRemoved() throws IOException {
        List<String> names = threeBackups();
        String victim = EncryptedHost.manifest(names.get(1));
        StorageClient racing = new ForwardingStorageClient(host.storage) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.equals(victim)) {
                    host.storage.delete(List.of(victim));
                }
                return super.upload(key, content, condition);
            }
        };
        try (BackupManager manager =
                host.builder(current.withOlder(old), racing).build()) {
            assertThat(manager.rewrapBackups()).isEqualTo(new RewrapReport(2, 0));
        }
        assertThat(host.storage.stat(victim)).isEmpty();
    }

    @Test
    void aTamperedManifestIsNotMadeAuthentic() throws IOException {
        List<String> names = threeBackups();
        host.write(EncryptedHost.manifest(names.get(0)), host.read(EncryptedHost.manifest(names.get(1))));
        try (BackupManager manager = host.manager(current.withOlder(old))) {
            assertThatThrownBy(manager::rewrapBackups).hasMessageContaining("1 backups could not be wrapped");
        }
        restoresEachWith(current, names.subList(1, 3));
    }

    @Test
    void aKeyThatThrowsForOneBackupDoesNotKeepTheOthers() throws IOException {
        List<String> names = threeBackups();
        EncryptionKeys moody = failingFor(names.get(1), old);
        try (BackupManager manager = host.manager(current.withOlder(moody))) {
            assertThatThrownBy(manager::rewrapBackups)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll(
                            "1 backups could not be wrapped", "2 are", "'old'", names.get(1), "no session");
        }
        restoresEachWith(current, List.of(names.get(0), names.get(2)));
        restoresEachWith(old, names.subList(1, 2));
    }

    private static EncryptionKeys failingFor(String objectName, EncryptionKeys keys) {
        EncryptionKey key = keys.current();
        EncryptionKey failing = new EncryptionKey() {
            @Override
            public String id() {
                return key.id();
            }

            @Override
            public boolean canUnwrap() {
                return true;
            }

            @Override
            public WrappedKey wrap(byte[] dataKey, byte[] context) throws IOException {
                return key.wrap(dataKey, context);
            }

            @Override
            public byte[] unwrap(WrappedKey wrapped, byte[] context) throws IOException {
                if (new String(context, UTF_8).endsWith(objectName)) {
                    throw new IllegalStateException("no session");
                }
                return key.unwrap(wrapped, context);
            }
        };
        return new EncryptionKeys() {
            @Override
            public EncryptionKey current() {
                return failing;
            }

            @Override
            public Optional<EncryptionKey> find(String id) {
                return id.equals(failing.id()) ? Optional.of(failing) : Optional.empty();
            }
        };
    }

    @Test
    void withoutTheOldKeyNothingChangesAndTheMessageNamesIt() throws IOException {
        List<String> names = threeBackups();
        try (BackupManager manager = host.manager(current)) {
            assertThatThrownBy(manager::rewrapBackups)
                    .hasMessageContaining("3 backups could not")
                    .hasMessageContaining("'old'");
        }
        restoresEachWith(old, names);
        try (BackupManager manager = host.manager(null)) {
            assertThatThrownBy(manager::rewrapBackups).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
