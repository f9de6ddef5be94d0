package io.kvbackup.database.mvstore;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import io.kvbackup.disk.OtherProcess;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A host that ends without any clean-up at a given step of a restore, run in a process of its own. */
final class CrashingStoreHost {
    static final int HALTED = 77;

    private CrashingStoreHost() {}

    /** Arguments: file of the store, restore or recover, and the number of the step at which to halt. */
    public static void main(String[] args) throws Exception {
        int haltAt = Integer.parseInt(args[2]);
        int[] reached = {0};
        try (TestMvStore host = new TestMvStore(args[0])) {
            CommitSteps halting = step -> {
                // What the store might have committed by itself at this moment.
                host.store.commit();
                if (reached[0]++ == haltAt) {
                    Runtime.getRuntime().halt(HALTED);
                }
            };
            if (args[1].equals("restore")) {
                restore(host, halting);
            } else {
                host.builder().steps(halting).build();
            }
        }
    }

    static int run(Path file, String what, int haltAt) throws Exception {
        // What it cannot remove when it halts goes with the test's folder.
        try (OtherProcess host = OtherProcess.start(CrashingStoreHost.class, file.getParent(), file, what, haltAt)) {
            return host.exit();
        }
    }

    static void writeOld(TestMvStore host) {
        List<Write> old = new ArrayList<>();
        numbered(0, 200, "old").forEach((key, value) -> old.add(Write.put("first", key, value)));
        old.add(Write.put("second", "c", "old"));
        host.write(old);
        host.store.commit();
    }

    static void restore(TestMvStore host, CommitSteps steps) throws Exception {
        DatabaseBackup header = DatabaseBackup.of(
                "orders",
                new SetBackup("first", Encoding.BINARY, Encoding.BINARY),
                new SetBackup("second", Encoding.BINARY, Encoding.BINARY));
        DatabaseContents.restore(
                host.builder().steps(steps).build(),
                header,
                new TreeMap<>(Map.of("first", numbered(100, 300, "new"), "second", entries("d", "new"))));
    }

    static void assertOld(TestMvStore host, String when) {
        assertSame(host.read("first"), numbered(0, 200, "old"), when + ": old content of first");
        assertSame(host.read("second"), entries("c", "old"), when + ": old content of second");
    }

    static void assertNew(TestMvStore host, String when) {
        assertSame(host.read("first"), numbered(100, 300, "new"), when + ": new content of first");
        assertSame(host.read("second"), entries("d", "new"), when + ": new content of second");
    }

    private static NavigableMap<byte[], byte[]> numbered(int from, int to, String value) {
        NavigableMap<byte[], byte[]> entries = DatabaseContents.empty();
        for (int i = from; i < to; i++) {
            entries.putAll(entries(String.format("key %05d", i), value + i));
        }
        return entries;
    }
}
