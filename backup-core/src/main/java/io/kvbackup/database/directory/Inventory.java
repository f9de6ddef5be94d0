package io.kvbackup.database.directory;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** What a folder holds, in key order, noted in a temporary file. */
final class Inventory implements Closeable {
    private static final int BUFFER = 64 << 10;

    /**
     * A path of the inventory.
     *
     * @param target of links; otherwise empty
     * @param extras what few paths have
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Item(byte[] key, FileState state, byte[] target, FileExtras extras) {
        void writeTo(DataOutputStream out) throws IOException {
            out.writeInt(key.length);
            out.write(key);
            state.writeTo(out);
            out.writeInt(target.length);
            out.write(target);
            byte[] more = extras.isNone() ? new byte[0] : entry().encode();
            out.writeInt(more.length);
            out.write(more);
        }

        static Item readFrom(DataInputStream in) throws IOException {
            return Stored.read("the inventory of a folder, in a temporary file,", () -> read(in));
        }

        private static Item read(DataInputStream in) throws IOException {
            byte[] key = Stored.bytes(in);
            FileState state = FileState.readFrom(in);
            byte[] target = Stored.bytes(in);
            byte[] more = Stored.bytes(in);
            FileExtras extras = more.length == 0
                    ? FileExtras.NONE
                    : FileEntry.decode(key, more).extras();
            Item item = new Item(key, state, target, extras);
            // Fails if it makes no sense.
            item.entry();
            return item;
        }

        FileEntry entry() {
            FileEntry plain = switch (state.type()) {
                case FileState.FILE -> FileEntry.file(state.size(), state.modified(), state.permissions());
                case FileState.DIR -> FileEntry.dir(state.modified(), state.permissions());
                default -> FileEntry.link(target);
            };
            return extras.isNone() ? plain : plain.with(extras);
        }
    }

    @FunctionalInterface
    interface ItemVisitor {
        /** @return whether to go on */
        boolean visit(Item item) throws IOException;
    }

    /** Writes an inventory. Used by one thread. */
    static final class Writer implements Closeable {
        private final DataOutputStream out;

        Writer(Path file) throws IOException {
            out = new DataOutputStream(new BufferedOutputStream(PrivateFiles.newFile(file), BUFFER));
        }

        void write(Item item) throws IOException {
            item.writeTo(out);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    private final TemporaryFolder temporary;
    private final Path file;
    private final Instant begun;
    private final long items;
    private final long entries;

    /**
     * Takes over the folder with the file.
     *
     * @param begun when the first file was looked at, or before
     * @param items how many the file holds
     * @param entries about how many entries they make
     */
    Inventory(TemporaryFolder temporary, Path file, Instant begun, long items, long entries) {
        this.temporary = temporary;
        this.file = file;
        this.begun = begun;
        this.items = items;
        this.entries = entries;
    }

    Instant begun() {
        return begun;
    }

    long entries() {
        return entries;
    }

    void read(ItemVisitor to) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            for (long i = 0; i < items; i++) {
                if (!to.visit(Item.readFrom(in))) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        temporary.close();
    }
}
