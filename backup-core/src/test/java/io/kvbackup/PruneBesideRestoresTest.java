package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** T10: restores under which a prune removes what they read. */
class PruneBesideRestoresTest extends FourBackups {
    /** T10: a restore that has begun ends, although its backup is removed meanwhile. */
    @Test
    void aRestoreThatIsRunningEnds() throws Exception {
        StorageClient pruned = new ForwardingStorageClient(host.storage) {
            @Override
            public InputStream download(StorageObject version, ByteRange range) throws IOException {
                if (version.key().equals(name(0))) {
                    assertThat(prune(1).removed()).hasSize(3);
                }
                return super.download(version, range);
            }
        };
        try (BackupManager other = host.manager(pruned)) {
            assertThat(host.restored(other, name(0))).isEqualTo("0");
        }
        assertThat(listed()).containsExactly(name(3));
    }

    /** T10: one that outlasts even the grace period says so and changes nothing. */
    @Test
    void aRestoreThatIsTooLateFailsClearly() throws Exception {
        StorageClient gone = new ForwardingStorageClient(host.storage) {
            @Override
            public InputStream download(StorageObject version, ByteRange range) throws IOException {
                if (version.key().equals(name(0))) {
                    prune(1);
                    host.pass(PruneHost.GRACE);
                    prune(1);
                }
                return super.download(version, range);
            }
        };
        host.notes.put("number", "live");
        try (BackupManager other = host.manager(gone)) {
            assertThatThrownBy(() -> other.restoreDatabase(name(0)))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(name(0));
        }
        assertThat(host.notes).containsEntry("number", "live");
    }

    @Test
    void theLatestIsRestoredEvenIfOneIsRemovedUnderIt() throws Exception {
        AtomicReference<String> victim = new AtomicReference<>(name(3));
        StorageClient racing = new ForwardingStorageClient(host.storage) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                String name = victim.get();
                if (name != null && prefix.equals(name)) {
                    victim.set(null);
                    manager.deleteBackup(name);
                }
                return super.list(prefix, after);
            }
        };
        try (BackupManager other = host.manager(racing)) {
            assertThat(other.restoreLatest("orders").orElseThrow().objectName()).isEqualTo(name(2));
        }
        assertThat(host.notes).containsEntry("number", "2");
    }
}
