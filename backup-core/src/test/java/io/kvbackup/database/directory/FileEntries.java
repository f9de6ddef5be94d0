package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lets the database contract, which wants two sets of any entries, run against a folder: an entry is a file, named
 * after the hexadecimal digits of its key, in the subfolder of its set.
 */
final class FileEntries implements Database {
    private final DirectoryDatabase folder;

    FileEntries(DirectoryDatabase folder) {
        this.folder = folder;
    }

    /** A name is never empty and never above 255 bytes. */
    static String nameOf(byte[] key) {
        return "k" + HexFormat.of().formatHex(key);
    }

    static byte[] keyOf(String name) {
        return HexFormat.of().parseHex(name.substring(1));
    }

    @Override
    public String name() {
        return folder.name();
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        return new Snapshot(folder.openSnapshot());
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        for (String set : header.sets().keySet()) {
            if (!set.equals("first") && !set.equals("second")) {
                throw new IOException("no set " + set + "; choose others");
            }
        }
        return new Restore(header, folder);
    }

    private static byte[] path(String set, byte[] key) {
        return (set + "/" + nameOf(key)).getBytes(UTF_8);
    }

    private record Snapshot(DatabaseSnapshot of) implements DatabaseSnapshot {
        @Override
        public DatabaseBackup header() {
            return DatabaseBackup.of(
                    of.header().name(),
                    new SetBackup("first", Encoding.BINARY, Encoding.BINARY),
                    new SetBackup("second", Encoding.BINARY, Encoding.BINARY));
        }

        @Override
        public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
            if (!header().sets().containsKey(set)) {
                throw new IllegalArgumentException("no set " + set + ", only first and second");
            }
            KeyRange below = KeyRange.startingWith((set + "/").getBytes(UTF_8));
            KeyRange paths = new KeyRange(path(set, range.from()), below.to());
            TreeMap<byte[], byte[]> values = new TreeMap<>(Arrays::compareUnsigned);
            of.readEntries(DirectoryDatabase.FILES, paths, (path, value) -> {
                if (range.contains(keyOf(set, path))) {
                    values.put(
                            path, new byte[(int) FileEntry.decode(path, value).size()]);
                }
            });
            of.readEntries(DirectoryDatabase.BLOCKS, paths, (key, content) -> {
                BlockKey block = BlockKey.decode(key);
                if (values.containsKey(block.path())) {
                    System.arraycopy(content, 0, values.get(block.path()), (int) block.offset(), content.length);
                }
            });
            for (var value : values.entrySet()) {
                to.visit(keyOf(set, value.getKey()), value.getValue());
            }
        }

        private static byte[] keyOf(String set, byte[] path) {
            return FileEntries.keyOf(new String(path, UTF_8).substring(set.length() + 1));
        }

        @Override
        public void close() throws IOException {
            of.close();
        }
    }

    /** Stages small values in memory, then writes files and blocks, with those of the other set as they are now. */
    private static final class Restore extends StagedRestore {
        private final DirectoryDatabase folder;
        private final DatabaseRestore to;
        private final Map<String, TreeMap<byte[], byte[]>> sets = new TreeMap<>();

        Restore(DatabaseBackup header, DirectoryDatabase folder) throws IOException {
            super(header);
            this.folder = folder;
            this.to = folder.beginRestore(DatabaseBackup.of(
                    folder.name(),
                    new SetBackup(DirectoryDatabase.FILES, Encoding.BINARY, Encoding.TEXT),
                    new SetBackup(DirectoryDatabase.BLOCKS, Encoding.BINARY, Encoding.BINARY)));
        }

        @Override
        protected EntryVisitor stage(SetBackup set) {
            TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
            sets.put(set.name(), entries);
            return entries::put;
        }

        @Override
        protected void commitStaged() throws IOException {
            try (DatabaseSnapshot live = new FileEntries(folder).openSnapshot()) {
                for (String set : live.header().sets().keySet()) {
                    if (!header().sets().containsKey(set)) {
                        live.readEntries(
                                set,
                                KeyRange.all(),
                                sets.computeIfAbsent(set, name -> new TreeMap<>(Arrays::compareUnsigned))::put);
                    }
                }
            }
            EntryVisitor blocks = to.set(DirectoryDatabase.BLOCKS);
            for (var set : sets.entrySet()) {
                for (var entry : set.getValue().entrySet()) {
                    writeBlocks(path(set.getKey(), entry.getKey()), entry.getValue(), blocks);
                }
            }
            writeFiles(to.set(DirectoryDatabase.FILES));
            to.commit();
        }

        private void writeFiles(EntryVisitor files) throws IOException {
            for (String set : new String[] {"first", "second"}) {
                files.visit(
                        set.getBytes(UTF_8), FileEntry.dir(Instant.EPOCH, 0755).encode());
                for (var entry : sets.getOrDefault(set, new TreeMap<>(Arrays::compareUnsigned))
                        .entrySet()) {
                    files.visit(
                            path(set, entry.getKey()),
                            FileEntry.file(entry.getValue().length, Instant.EPOCH, 0644)
                                    .encode());
                }
            }
        }

        private static void writeBlocks(byte[] path, byte[] content, EntryVisitor blocks) throws IOException {
            for (int start = 0; start < content.length; start += BlockKey.BLOCK) {
                int end = Math.min(start + BlockKey.BLOCK, content.length);
                blocks.visit(
                        new BlockKey(path, start / BlockKey.BLOCK).encode(), Arrays.copyOfRange(content, start, end));
            }
        }

        @Override
        protected void discard() throws IOException {
            to.close();
        }
    }
}
