package io.kvbackup.repository;

import io.kvbackup.encryption.EncryptionKey;
import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.SealedManifest;
import io.kvbackup.format.SealedManifestJson;
import io.kvbackup.pipeline.DataKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes, wraps and unwraps the data keys of backups. Safe for use by several threads. */
public final class BackupKeys {
    private static final BackupKeys NONE = new BackupKeys(null, new SecureRandom());

    private final @Nullable EncryptionKeys keys;
    private final SecureRandom random;

    private BackupKeys(@Nullable EncryptionKeys keys, SecureRandom random) {
        this.keys = keys;
        this.random = random;
    }

    /** For a host that does not encrypt. */
    public static BackupKeys none() {
        return NONE;
    }

    public static BackupKeys of(EncryptionKeys keys, SecureRandom random) {
        return new BackupKeys(keys, random);
    }

    /** Whether backups are to be encrypted. */
    public boolean areConfigured() {
        return keys != null;
    }

    private EncryptionKeys require() {
        if (keys == null) {
            throw new IllegalArgumentException(
                    "a format that ends in .enc needs keys; set them with" + " BackupManager.builder().encryption(…)");
        }
        return keys;
    }

    /**
     * Wraps a key and, if that is possible, unwraps it again, so that a host learns at its start that it cannot
     * encrypt.
     *
     * @throws IllegalArgumentException if the current key does not do what it should
     */
    public void test() throws IOException {
        EncryptionKey current = require().current();
        DataKey sample = DataKey.random(random);
        String name = "self-test";
        WrappedKey wrapped = wrap(sample, current, name);
        if (!wrapped.keyId().equals(current.id())
                || require().find(current.id()).isEmpty()) {
            throw new IllegalArgumentException("key '" + current.id() + "' wraps as '" + wrapped.keyId()
                    + "' or is not found by its id; backups could not be read again");
        }
        if (current.canUnwrap() && !Arrays.equals(unwrap(wrapped, current, name).copy(), sample.copy())) {
            throw new IllegalArgumentException(
                    "key '" + current.id() + "' does not unwrap what it has wrapped; backups could not be read again");
        }
    }

    /** A new key for the backup of that name. */
    public SealingKey create(String objectName) throws IOException {
        DataKey data = DataKey.random(random);
        return new SealingKey(data, wrap(data, require().current(), objectName));
    }

    /** Whether backups of a key can be read here. */
    boolean canUnwrap(SealedManifest manifest) throws IOException {
        return keys != null
                && keys.find(manifest.key().keyId())
                        .map(EncryptionKey::canUnwrap)
                        .orElse(false);
    }

    /** Whether a backup's key is wrapped under the current key. */
    boolean isCurrent(SealedManifest manifest) {
        return isCurrent(manifest.key());
    }

    /** The same data key under the current key. */
    SealingKey rewrap(SealedManifest manifest) throws IOException {
        DataKey data = unwrap(manifest);
        return new SealingKey(data, wrap(data, require().current(), manifest.objectName()));
    }

    /** Whether a key is wrapped under the current key. */
    public boolean isCurrent(WrappedKey wrapped) {
        return wrapped.keyId().equals(require().current().id());
    }

    /** The same key of an object under the current key. */
    public WrappedKey rewrap(WrappedKey wrapped, String objectName) throws IOException {
        DataKey data = unwrap(wrapped, objectName);
        try {
            return wrap(data, require().current(), objectName);
        } finally {
            data.destroy();
        }
    }

    private WrappedKey wrap(DataKey data, EncryptionKey key, String objectName) throws IOException {
        byte[] secret = data.copy();
        try {
            return key.wrap(secret, context(objectName));
        } catch (RuntimeException e) {
            throw failed("wrap", key.id(), objectName, e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    public byte[] encode(Manifest manifest, SealingKey key) throws IOException {
        return SealedManifestJson.encode(manifest, key.data(), key.wrapped(), random);
    }

    /**
     * The key of a backup.
     *
     * @throws EncryptionKeyException if the key that wrapped it is not there, or does not fit
     */
    DataKey unwrap(SealedManifest manifest) throws IOException {
        return unwrap(manifest.key(), manifest.objectName());
    }

    /**
     * The key of an object for which it was {@linkplain #create made}.
     *
     * @throws EncryptionKeyException if the key that wrapped it is not there, or does not fit
     */
    public DataKey unwrap(WrappedKey wrapped, String objectName) throws IOException {
        String id = wrapped.keyId();
        if (keys == null) {
            throw new EncryptionKeyException(
                    id,
                    objectName + " is encrypted under key '" + id
                            + "'; give the manager its keys with BackupManager.builder().encryption(…)");
        }
        EncryptionKey key = keys.find(id).orElse(null);
        if (key == null) {
            throw new EncryptionKeyException(
                    id,
                    objectName + " is encrypted under key '" + id
                            + "', which is not among the keys of this manager; add it with "
                            + "EncryptionKeys.withOlder(…)");
        }
        try {
            return unwrap(wrapped, key, objectName);
        } catch (EncryptionKeyException e) {
            throw new EncryptionKeyException(id, objectName + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static DataKey unwrap(WrappedKey wrapped, EncryptionKey key, String objectName) throws IOException {
        byte[] secret = secretOf(wrapped, key, objectName);
        try {
            return DataKey.of(secret);
        } catch (IllegalArgumentException e) {
            throw new EncryptionKeyException(
                    key.id(), "key '" + key.id() + "' unwraps to something else: " + e.getMessage(), e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static byte[] secretOf(WrappedKey wrapped, EncryptionKey key, String objectName) throws IOException {
        try {
            return key.unwrap(wrapped, context(objectName));
        } catch (RuntimeException e) {
            throw failed("unwrap", key.id(), objectName, e);
        }
    }

    /**
     * What a host's own key throws must not look like a fault of this library, nor keep other backups from their turn.
     */
    private static IOException failed(String operation, String keyId, String objectName, RuntimeException e) {
        return new IOException(
                "key '" + keyId + "' failed to " + operation + " the data key of " + objectName + ": " + e, e);
    }

    private static byte[] context(String objectName) {
        return ("kvbackup.key:" + objectName).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "BackupKeys[" + keys + "]";
    }
}
