package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.tree.PackHeader;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptedPackTest {
    @TempDir
    private Path folder;

    private TreeHost host;

    @BeforeEach
    void open() {
        host = new TreeHost(new MemoryStorageClient(), folder);
        host.packBytes = 32 << 10;
        host.encrypt(EncryptionKeys.ofRaw("test", new byte[32]));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private byte[] bytes(String key) throws IOException {
        try (InputStream in = host.store.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    /** Keeps what each attempt to upload a pack has sent, and fails every other one. */
    private static final class Failing extends ForwardingStorageClient {
        private final List<Map.Entry<String, byte[]>> attempts = new ArrayList<>();

        Failing(StorageClient delegate) {
            super(delegate);
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            if (!key.startsWith("packs/")) {
                return super.upload(key, content, condition);
            }
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            content.writeTo(copy);
            boolean fails;
            synchronized (this) {
                attempts.add(Map.entry(key, copy.toByteArray()));
                fails = attempts.size() % 2 == 1;
            }
            if (fails) {
                throw new IOException("fails on purpose");
            }
            return super.upload(key, ContentWriter.of(copy.toByteArray()), condition);
        }
    }

    /** One salt is one key, and one key encrypts one thing at one place. */
    @Test
    void noNonceIsUsedTwiceOverRetries() throws IOException {
        Failing failing = new Failing(host.store);
        RetryPolicy quick = RetryPolicy.defaults().withDelays(Duration.ofNanos(1), Duration.ofNanos(1), 0);
        host.restart(new RetryingStorageClient(failing, quick));
        host.putOrders(0, 5_000, 0);
        host.backup();
        host.putOrders(1_000, 2_000, 1);
        host.backup();
        host.restart(failing);
        host.putOrders(1_000, 2_000, 2);
        // Without retries the backup fails, and the next one encrypts anew.
        assertThatThrownBy(host::backup).hasMessage("fails on purpose");
        host.restart();
        assertThat(host.read(host.backup())).isEqualTo(new TreeMap<>(host.items));

        Map<String, byte[]> bySalt = new HashMap<>();
        List<Map.Entry<String, byte[]>> all = new ArrayList<>(failing.attempts);
        for (String key : host.sizes("packs/").keySet()) {
            all.add(Map.entry(key, bytes(key)));
        }
        for (Map.Entry<String, byte[]> attempt : all) {
            PackId id = PackName.parse(attempt.getKey()).orElseThrow().id();
            String salt = HexFormat.of()
                    .formatHex(PackHeader.decode(attempt.getValue(), id, true).salt());
            byte[] before = bySalt.putIfAbsent(salt, attempt.getValue());
            assertThat(before == null || java.util.Arrays.equals(before, attempt.getValue()))
                    .as("one salt, one content")
                    .isTrue();
        }
        assertThat(failing.attempts.size()).isGreaterThan(10);
        assertThat(bySalt.size()).isGreaterThan(5);
    }

    @Test
    void packsTellNothingOfTheirContentAndCannotBeSwapped() throws IOException {
        host.putOrders(0, 5_000, 0);
        Backup backup = host.backup();
        List<String> packs =
                host.manifest(backup).packs().stream().map(PackRecord::name).toList();
        for (String pack : packs) {
            assertThat(new String(bytes(pack), StandardCharsets.ISO_8859_1)).doesNotContain("order:", "items", "lorem");
        }
        assertThat(host.manifest(backup).packs()).allMatch(pack -> pack.key() != null);

        host.store.copy(packs.get(1), packs.get(0));

        assertThatThrownBy(() -> host.read(backup)).isInstanceOf(CorruptBackupException.class);
    }

    @Test
    void aWriteOnlyHostSharesWhileItLives() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        host.packBytes = TreeOptions.PACK_BYTES;
        host.encrypt(EncryptionKeys.publicKeyOnly("host", pair.getPublic()));
        host.putOrders(0, 5_000, 0);
        List<Backup> backups = new ArrayList<>(List.of(host.backup()));
        long stored = host.packBytes();

        host.putOrders(0, 10, 1);
        backups.add(host.backup());
        assertThat(host.packBytes() - stored).as("a live process has the key").isLessThan(stored / 4);
        long before = host.packBytes();
        host.restart();
        backups.add(host.backup());
        assertThat(host.packBytes() - before).as("a new lineage").isGreaterThan(stored * 9 / 10);

        host.encrypt(EncryptionKeys.ofKeyPair("host", pair.getPublic(), pair.getPrivate()));
        assertThat(host.read(backups.get(2))).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.read(backups.get(1))).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.read(backups.get(0))).hasSize(5_000);
    }
}
