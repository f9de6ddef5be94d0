package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;

class EncryptedBackupsTest {
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ConcurrentMap<String, String> items = new ConcurrentHashMap<>(Map.of("a", "apple"));
    private final Database orders = MapDatabase.builder("orders")
            .set("items", items, Codec.utf8(), Codec.utf8())
            .build();

    private static byte[] secret() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    @Test
    void encryptedBackupsAreRestoredAndTheirKeysExchanged() throws IOException {
        byte[] old = secret();
        byte[] current = secret();

        EncryptedBackups.backUpAndRestore(storage, orders, old);
        EncryptedBackups.rotate(storage, orders, current, old);
        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .encryption(EncryptionKeys.ofRaw("2027", current))
                .build()) {
            items.clear();
            assertThat(manager.restoreLatest("orders").orElseThrow().format()).isEqualTo("cbor.zst.enc");
        }
        assertThat(items).containsExactly(Map.entry("a", "apple"));
    }

    @Test
    void aHostWritesWhatOnlyTheVaultReads() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(3072);
        KeyPair pair = generator.generateKeyPair();

        EncryptedBackups.writeWithoutBeingAbleToRead(storage, orders, pair.getPublic(), pair.getPrivate());

        assertThat(items).containsExactly(Map.entry("a", "apple"));
    }
}
