package io.kvbackup.database.directory;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/** A folder as its inventory has it. */
final class DirectorySnapshot implements DatabaseSnapshot {
    private final Path root;
    private final DatabaseBackup header;
    private final Inventory inventory;
    private final Closeable held;
    private boolean closed;

    /** @param held what is released with the snapshot, after the inventory */
    DirectorySnapshot(Path root, DatabaseBackup header, Inventory inventory, Closeable held) {
        this.root = root;
        this.header = header;
        this.inventory = inventory;
        this.held = held;
    }

    @Override
    public DatabaseBackup header() {
        return header;
    }

    @Override
    public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
        if (closed) {
            throw new IOException("the snapshot of database " + header.name() + " is closed");
        }
        switch (set) {
            case DirectoryDatabase.FILES -> inventory.read(item -> readFile(item, range, to));
            case DirectoryDatabase.BLOCKS -> inventory.read(item -> readBlocks(item, range, to));
            default ->
                throw new IllegalArgumentException("database " + header.name() + " has no set " + set + ", only "
                        + header.sets().keySet());
        }
    }

    private static boolean readFile(Inventory.Item item, KeyRange range, EntryVisitor to) throws IOException {
        if (range.contains(item.key())) {
            to.visit(item.key(), item.entry().encode());
            return true;
        }
        return !isPast(item.key(), range);
    }

    private boolean readBlocks(Inventory.Item item, KeyRange range, EntryVisitor to) throws IOException {
        long blocks = item.state().type() == FileState.FILE
                ? BlockKey.blocks(item.state().size())
                : 0;
        if (blocks > 0) {
            byte[] first = new BlockKey(item.key(), 0).encode();
            byte[] last = new BlockKey(item.key(), blocks - 1).encode();
            if (isPast(first, range)) {
                return false;
            }
            if (Arrays.compareUnsigned(last, range.from()) >= 0) {
                new BlockReader(PathKey.resolve(root, item.key()), item).readEntries(range, to);
            }
        }
        return true;
    }

    /** Those of the content: the blocks of a file, with what tells whether it is still as it was. */
    @Override
    public Optional<Runs> runs(String set) {
        return set.equals(DirectoryDatabase.BLOCKS) ? Optional.of(new FileRuns(inventory)) : Optional.empty();
    }

    private static boolean isPast(byte[] key, KeyRange range) {
        byte[] end = range.to();
        return end != null && Arrays.compareUnsigned(key, end) >= 0;
    }

    @Override
    public OptionalLong estimatedEntries() {
        return OptionalLong.of(inventory.entries());
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try (held) {
                inventory.close();
            }
        }
    }
}
