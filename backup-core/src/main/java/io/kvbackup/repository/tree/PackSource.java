package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.PackCipher;
import io.kvbackup.format.tree.PackHeader;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Packs of one database to be read in parts. Safe for use by several threads. */
final class PackSource {
    private final StorageClient storage;
    private final String folder;
    private final Map<PackId, Pack> packs;
    private final Map<PackId, PackCipher> ciphers = new ConcurrentHashMap<>();

    /**
     * A pack, as far as it must be known to be read.
     *
     * @param bytes its length
     * @param key what it is encrypted under; null if it is not
     */
    record Pack(long bytes, @Nullable DataKey key) {}

    /** @param folder where they lie, {@code full} for those of backups of all databases */
    PackSource(StorageClient storage, String folder, Map<PackId, Pack> packs) {
        this.storage = storage;
        this.folder = folder;
        this.packs = new HashMap<>(packs);
    }

    String name(PackId pack) {
        return new PackName(folder, pack).objectName();
    }

    /** @throws CorruptBackupException if the pack is not among those of the backup */
    private Pack known(PackId id) throws CorruptBackupException {
        Pack pack = packs.get(id);
        if (pack == null) {
            throw new CorruptBackupException("a reference leads to " + name(id) + ", which the manifest does not name");
        }
        return pack;
    }

    long bytes(PackId pack) throws CorruptBackupException {
        return known(pack).bytes();
    }

    /**
     * Reads a part of a pack.
     *
     * @throws java.nio.file.NoSuchFileException if it is gone
     * @throws CorruptBackupException if it is shorter than it should be
     */
    byte[] read(PackId pack, long from, int length) throws IOException {
        if (from > bytes(pack) - length) {
            throw new CorruptBackupException("a reference leads to bytes " + from + " to " + (from + length) + " of "
                    + name(pack) + ", which has " + bytes(pack));
        }
        byte[] bytes;
        try (InputStream in = storage.download(name(pack), ByteRange.of(from, length))) {
            bytes = in.readNBytes(length);
        }
        if (bytes.length < length) {
            throw new CorruptBackupException(name(pack) + " ends at " + (from + bytes.length) + " instead of "
                    + bytes(pack));
        }
        return bytes;
    }

    /** What decrypts the pack's frames; null if it is not encrypted. Reads its header the first time. */
    @Nullable
    PackCipher cipher(PackId id) throws IOException {
        DataKey key = known(id).key();
        if (key == null) {
            return null;
        }
        PackCipher cipher = ciphers.get(id);
        if (cipher == null) {
            byte[] start = read(id, 0, PackHeader.ENCRYPTED_BYTES);
            cipher = PackCipher.forReading(key, name(id), PackHeader.decode(start, id, true));
            ciphers.put(id, cipher);
        }
        return cipher;
    }
}
