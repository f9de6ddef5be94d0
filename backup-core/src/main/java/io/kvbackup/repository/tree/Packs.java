package io.kvbackup.repository.tree;

import io.kvbackup.format.PackRecord;
import io.kvbackup.format.tree.FrameReader;
import io.kvbackup.format.tree.PackCipher;
import io.kvbackup.format.tree.PackFooter;
import io.kvbackup.format.tree.PackHeader;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.PackTrailer;
import io.kvbackup.format.tree.Place;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.Ahead;
import io.kvbackup.pipeline.DataKey;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The packs that a backup names, for reading: ranges of their bytes, and what their frames hold. A pack that is gone or
 * shorter than its manifest says is a {@link CorruptBackupException}. Safe for use by several threads.
 */
public final class Packs implements Closeable {
    /** Holds the footer of most packs. */
    private static final int TAIL_BYTES = 64 * 1024;

    private final StorageClient storage;
    private final Map<PackId, PackRecord> records = new HashMap<>();
    private final Map<String, DataKey> keys;
    private final Map<PackId, Ahead<PackCipher>> ciphers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<FrameReader> idle = new ConcurrentLinkedQueue<>();

    /**
     * @param named by the manifest
     * @param keys of packs, by id, from the tree document
     * @throws CorruptBackupException if a name is none of a pack
     */
    public Packs(StorageClient storage, List<PackRecord> named, Map<String, DataKey> keys)
            throws CorruptBackupException {
        this.storage = storage;
        this.keys = keys;
        for (PackRecord record : named) {
            records.put(nameOf(record).id(), record);
        }
    }

    static PackName nameOf(PackRecord record) throws CorruptBackupException {
        return PackName.parse(record.name())
                .orElseThrow(() -> new CorruptBackupException(
                        "the manifest names a pack '" + record.name() + "', which no version here writes"));
    }

    /**
     * Checks what no reading of a tree needs: header, footer and trailer of every pack.
     *
     * @throws CorruptBackupException if any is damaged
     */
    void requireWhole() throws IOException {
        for (Map.Entry<PackId, PackRecord> each : records.entrySet()) {
            footer(each.getKey());
            boolean encrypted = each.getValue().key() != null;
            int length = encrypted ? PackHeader.ENCRYPTED_BYTES : PackHeader.BYTES;
            PackHeader.decode(read(each.getKey(), 0, length), each.getKey(), encrypted);
        }
    }

    /** What a pack says of itself at its end. */
    PackFooter footer(PackId pack) throws IOException {
        long length = require(pack).stored().bytes();
        int tail = (int) Math.min(length, TAIL_BYTES);
        byte[] end = read(pack, length - tail, tail);
        PackTrailer trailer = PackTrailer.decode(end, length, pack);
        int from = tail - PackTrailer.BYTES - trailer.footerLength();
        byte[] bytes = from >= 0
                ? Arrays.copyOfRange(end, from, tail - PackTrailer.BYTES)
                : read(pack, trailer.footerOffset(), trailer.footerLength());
        PackCipher cipher = cipher(pack);
        return with(reader -> reader.readFooter(trailer, pack, bytes, cipher));
    }

    public int count() {
        return records.size();
    }

    /** What the manifest says of a pack, or empty if it does not name it. */
    Optional<PackRecord> find(PackId pack) {
        return Optional.ofNullable(records.get(pack));
    }

    /** Its name, for messages. */
    String name(PackId pack) {
        PackRecord record = records.get(pack);
        return record == null ? "pack " + pack : record.name();
    }

    long bytes(PackId pack) throws CorruptBackupException {
        return require(pack).stored().bytes();
    }

    private PackRecord require(PackId pack) throws CorruptBackupException {
        PackRecord record = records.get(pack);
        if (record == null) {
            throw new CorruptBackupException("the tree refers to pack " + pack + ", which the manifest does not name");
        }
        return record;
    }

    /** Whether a frame lies in a pack of the backup. */
    boolean isInside(Place place) {
        return find(place.pack())
                .filter(record -> place.frameOffset() <= record.stored().bytes() - place.frameLength())
                .isPresent();
    }

    /** Refuses a frame that lies beyond the end of its pack: where things lie is covered by no digest. */
    void requireInside(Place place) throws CorruptBackupException {
        PackRecord record = require(place.pack());
        if (!isInside(place)) {
            throw new CorruptBackupException(place + " should have " + place.frameLength() + " bytes, and the pack has "
                    + record.stored().bytes());
        }
    }

    /** Reads a range of a pack. The caller closes the stream, which ends early only with an {@link EOFException}. */
    InputStream open(PackId pack, ByteRange range) throws IOException {
        String name = require(pack).name();
        try {
            return storage.download(name, range);
        } catch (NoSuchFileException e) {
            throw gone(name, e);
        }
    }

    private CorruptBackupException gone(String name, NoSuchFileException e) {
        return new CorruptBackupException(
                "pack " + name + " is gone from " + storage + "; the next backup stores what it held again", e);
    }

    /** Reads bytes that must be there. */
    byte[] read(PackId pack, long offset, int length) throws IOException {
        try (InputStream in = open(pack, ByteRange.of(offset, length))) {
            return readFully(in, pack, offset, length);
        }
    }

    /** Takes the next bytes of a range of a pack. */
    byte[] readFully(InputStream in, PackId pack, long offset, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw endsEarly(pack, offset + bytes.length);
        }
        return bytes;
    }

    /** Passes over bytes of a range of a pack. */
    void skip(InputStream in, PackId pack, long offset, long length) throws IOException {
        try {
            in.skipNBytes(length);
        } catch (EOFException e) {
            throw endsEarly(pack, offset);
        }
    }

    private CorruptBackupException endsEarly(PackId pack, long at) throws CorruptBackupException {
        PackRecord record = require(pack);
        return new CorruptBackupException("pack " + record.name() + " ends at " + at
                + " or soon after; its manifest says " + record.stored().bytes() + " bytes");
    }

    /** What decrypts a pack; null if it is not encrypted. The first call for a pack reads its header. */
    @Nullable
    PackCipher cipher(PackId pack) throws IOException {
        PackRecord record = require(pack);
        String id = record.key();
        if (id == null) {
            return null;
        }
        DataKey key = keys.get(id);
        if (key == null) {
            throw new CorruptBackupException("pack " + record.name() + " is encrypted under key " + id
                    + ", which the tree document does not hold");
        }
        return ciphers.computeIfAbsent(
                        pack,
                        any -> Ahead.idle(() -> {
                            PackHeader header =
                                    PackHeader.decode(read(pack, 0, PackHeader.ENCRYPTED_BYTES), pack, true);
                            return PackCipher.forReading(key, record.name(), header);
                        }))
                .get();
    }

    /** Decodes the frame in which a chunk or node lies. */
    byte[] decode(Ref ref, byte[] frame) throws IOException {
        PackCipher cipher = cipher(ref.place().pack());
        return with(reader -> reader.read(ref, frame, 0, cipher));
    }

    /** Something that needs a decoder. */
    interface Decoding<T> {
        T by(FrameReader reader) throws IOException;
    }

    <T> T with(Decoding<T> decoding) throws IOException {
        FrameReader reader = idle.poll();
        if (reader == null) {
            reader = new FrameReader();
        }
        try {
            return decoding.by(reader);
        } finally {
            idle.add(reader);
        }
    }

    /** Frees memory outside of the heap. Nothing may be read any more. */
    @Override
    public void close() {
        for (FrameReader reader = idle.poll(); reader != null; reader = idle.poll()) {
            reader.close();
        }
    }
}
