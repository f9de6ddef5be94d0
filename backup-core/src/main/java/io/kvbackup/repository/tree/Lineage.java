package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.PackCipher;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.pipeline.DataKey;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What backups have in common that share chunks.
 *
 * @param chunkSize of all trees
 * @param keyId id of the key that packs are encrypted under; null if they are not
 * @param key the key
 */
record Lineage(
        int chunkSize, @Nullable String keyId, @Nullable DataKey key) {
    private static final int KEY_ID_BYTES = 8;

    /** One that begins. */
    static Lineage begin(int chunkSize, boolean encrypted, SecureRandom random) {
        if (!encrypted) {
            return new Lineage(chunkSize, null, null);
        }
        byte[] id = new byte[KEY_ID_BYTES];
        random.nextBytes(id);
        return new Lineage(chunkSize, HexFormat.of().formatHex(id), DataKey.random(random));
    }

    /** What the document of a tree says of it. */
    Map<String, DataKey> packKeys() {
        return keyId == null || key == null ? Map.of() : Map.of(keyId, key);
    }

    /** For one attempt to write a pack; null if packs are not encrypted. */
    @Nullable
    PackCipher cipher(String packName, PackId pack, SecureRandom random) {
        return key == null ? null : PackCipher.forWriting(key, packName, pack, random);
    }
}
