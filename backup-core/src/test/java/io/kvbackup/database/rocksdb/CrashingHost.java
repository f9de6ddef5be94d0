package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import io.kvbackup.disk.OtherProcess;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.rocksdb.WriteOptions;

/** A host that ends without any clean-up at a given step of a restore, run in a process of its own. */
final class CrashingHost {
    static final int HALTED = 77;

    private CrashingHost() {}

    /** Arguments: path of the database, restore, forget or recover, and the number of the step at which to halt. */
    public static void main(String[] args) throws Exception {
        int haltAt = Integer.parseInt(args[2]);
        int[] reached = {0};
        CommitSteps halting = step -> {
            if (reached[0]++ == haltAt) {
                Runtime.getRuntime().halt(HALTED);
            }
        };
        try (TestRocksDb rocks = new TestRocksDb(Path.of(args[0]))) {
            if (args[1].equals("restore")) {
                restore(rocks, halting);
            } else if (args[1].equals("forget")) {
                writeOld(rocks);
                writeWithoutLog(rocks);
                restore(rocks, halting);
            } else {
                rocks.builder().steps(halting).build();
            }
        }
    }

    /** Takes sequence numbers that nothing tells of after a crash. */
    private static void writeWithoutLog(TestRocksDb rocks) throws Exception {
        try (WriteOptions options = new WriteOptions().setDisableWAL(true)) {
            for (int i = 0; i < 1_000; i++) {
                rocks.db().put(rocks.handle("default"), options, new byte[] {(byte) i}, new byte[0]);
            }
        }
    }

    static int run(Path database, String what, int haltAt) throws Exception {
        // What it cannot remove when it halts goes with the test's folder.
        try (OtherProcess host = OtherProcess.start(CrashingHost.class, database.getParent(), database, what, haltAt)) {
            return host.exit();
        }
    }

    /** The steps of an undisturbed restore, found out in a folder. */
    static List<String> steps(Path folder) throws Exception {
        List<String> steps = new ArrayList<>();
        try (TestRocksDb rocks =
                new TestRocksDb(Files.createDirectory(folder.resolve("counted")).resolve("db"))) {
            writeOld(rocks);
            restore(rocks, steps::add);
        }
        return steps;
    }

    static int step(String wanted, Path folder) throws Exception {
        return steps(folder).indexOf(wanted);
    }

    static void writeOld(TestRocksDb rocks) throws Exception {
        List<Write> old = new ArrayList<>();
        oldFirst().forEach((key, value) -> old.add(Write.put("first", key, value)));
        old.add(Write.put("second", "c", "old"));
        rocks.write(old);
    }

    /** New content comes in several files, so that one of them cannot stand for all. */
    static void restore(TestRocksDb rocks, CommitSteps steps) throws Exception {
        RocksDbDatabase database = rocks.builder().splitAt(1_000).steps(steps).build();
        DatabaseBackup header = DatabaseBackup.of(
                "orders",
                new SetBackup("first", Encoding.BINARY, Encoding.BINARY),
                new SetBackup("second", Encoding.BINARY, Encoding.BINARY));
        DatabaseContents.restore(
                database, header, new TreeMap<>(Map.of("first", newFirst(), "second", entries("d", "new"))));
    }

    static void assertOld(TestRocksDb rocks, String when) throws Exception {
        assertSame(rocks.read("first"), oldFirst(), when + ": old content of first");
        assertSame(rocks.read("second"), entries("c", "old"), when + ": old content of second");
    }

    static void assertNew(TestRocksDb rocks, String when) throws Exception {
        assertSame(rocks.read("first"), newFirst(), when + ": new content of first");
        assertSame(rocks.read("second"), entries("d", "new"), when + ": new content of second");
    }

    private static NavigableMap<byte[], byte[]> oldFirst() {
        return numbered(0, 200, "old");
    }

    private static NavigableMap<byte[], byte[]> newFirst() {
        return numbered(100, 300, "new");
    }

    private static NavigableMap<byte[], byte[]> numbered(int from, int to, String value) {
        NavigableMap<byte[], byte[]> entries = DatabaseContents.empty();
        for (int i = from; i < to; i++) {
            entries.putAll(entries(String.format("key %05d", i), value + i));
        }
        return entries;
    }
}
