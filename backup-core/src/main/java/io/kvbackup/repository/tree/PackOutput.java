package io.kvbackup.repository.tree;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.format.tree.Chunk;
import io.kvbackup.format.tree.PackCipher;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.PackWriter;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.pipeline.MeasuredOutputStream;
import io.kvbackup.repository.Closeables;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Puts new chunks and nodes into packs, one after the other, each first a temporary file. Not thread-safe. */
final class PackOutput implements Closeable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final String folder;
    private final Lineage lineage;
    private final long target;
    private final Place place;
    private final Taker taker;
    private @Nullable Open open;

    /** What makes ids, salts and temporary files, and threads that compress if they have time. */
    record Place(TemporaryFolder temporary, Clock clock, SecureRandom random, Executor executor) {}

    /** A pack that is whole, in a temporary file. */
    record Finished(PackId id, Path file, PackRecord record) {}

    /** Takes packs as they are finished. */
    @FunctionalInterface
    interface Taker {
        void take(Finished pack) throws IOException;
    }

    private record Open(Path file, OutputStream buffer, MeasuredOutputStream measured, PackWriter writer)
            implements Closeable {
        @Override
        public void close() throws IOException {
            Closeables.closeAll(List.of(buffer, writer));
        }
    }

    /**
     * @param folder of the packs, {@code full} for those of backups of all databases
     * @param target bytes after which a pack ends
     */
    PackOutput(String folder, Lineage lineage, long target, Place place, Taker taker) {
        this.folder = folder;
        this.lineage = lineage;
        this.target = target;
        this.place = place;
        this.taker = taker;
    }

    Ref add(String set, Chunk chunk) throws IOException {
        PackWriter pack = pack();
        Ref ref = pack.add(set, chunk);
        endIfFull(pack);
        return ref;
    }

    Ref addNode(String set, int level, List<Ref> refs) throws IOException {
        PackWriter pack = pack();
        Ref ref = pack.addNode(set, level, refs);
        endIfFull(pack);
        return ref;
    }

    private PackWriter pack() throws IOException {
        Open current = open;
        if (current == null) {
            PackId id = PackId.random(place.clock(), place.random());
            Path file = place.temporary().resolve(id + ".pack");
            String name = new PackName(folder, id).objectName();
            OutputStream buffer = new BufferedOutputStream(PrivateFiles.newFile(file), BUFFER_BYTES);
            try {
                MeasuredOutputStream measured = new MeasuredOutputStream(buffer);
                PackCipher cipher = lineage.cipher(name, id, place.random());
                current = new Open(file, buffer, measured, new PackWriter(measured, id, cipher, place.executor()));
            } catch (IOException | RuntimeException e) {
                Closeables.closeAfter(e, buffer);
                throw e;
            }
            open = current;
        }
        return current.writer();
    }

    private void endIfFull(PackWriter pack) throws IOException {
        if (pack.reaches(target)) {
            finish();
        }
    }

    /** Ends the pack that is open, if one is. All references to it are settled then. */
    void finish() throws IOException {
        Open current = open;
        if (current == null) {
            return;
        }
        open = null;
        try (current) {
            current.writer().finish();
        }
        PackId id = current.writer().id();
        StreamDigest stored =
                new StreamDigest(current.measured().count(), current.measured().sha256());
        String name = new PackName(folder, id).objectName();
        taker.take(new Finished(id, current.file(), new PackRecord(name, stored, stored.bytes(), lineage.keyId())));
    }

    /** Abandons the pack that is open. */
    @Override
    public void close() throws IOException {
        Open current = open;
        if (current != null) {
            open = null;
            current.close();
        }
    }
}
