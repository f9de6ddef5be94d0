package io.kvbackup.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupDiff;
import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.DiffEntry;
import io.kvbackup.database.Codec;
import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

/** The blocks of docs/guide/read.md. */
class ReadSnippetsTest {
    private final ConcurrentSkipListMap<String, String> live = new ConcurrentSkipListMap<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, UTF_8);

    private BackupManager manager() throws IOException {
        return BackupManager.builder()
                .storage(new MemoryStorageClient())
                .kind(BackupKind.INCREMENTAL)
                .database(MapDatabase.builder("orders")
                        .set("items", live, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    @Test
    void entriesAreReadComparedAndConverted() throws IOException {
        for (int i = 0; i < 1000; i++) {
            live.put(String.format("order:%06d", i), "v" + i);
        }
        try (BackupManager manager = manager()) {
            String earlier = manager.backupDatabase("orders").objectName();
            read(manager, earlier, "order:00001".getBytes(UTF_8));
            assertThat(printed.toString(UTF_8).lines()).hasSize(10).contains("order:000017 has 3 bytes");
            printed.reset();
            live.put("order:000017", "changed");
            String later = manager.backupDatabase("orders").objectName();
            compare(manager, earlier, later);
            assertThat(printed.toString(UTF_8).lines())
                    .containsExactly("CHANGED orders, set items, key \"order:000017\"", "v17 -> changed");
            convert(manager, later);
            assertThat(manager.listBackups()).hasSize(3);
        }
    }

    private void read(BackupManager manager, String objectName, byte[] prefix) throws IOException {
        KeyRange range = KeyRange.startingWith(prefix);
        // region open-entries
        try (EntryCursor cursor = manager.openEntries(objectName, "orders", "items", range)) {
            while (cursor.next()) {
                out.println(new String(cursor.key(), UTF_8) + " has " + cursor.value().length + " bytes");
            }
        }
        // endregion
    }

    private void compare(BackupManager manager, String earlier, String later) throws IOException {
        // region diff
        try (BackupDiff diff = manager.diff(earlier, later)) {
            for (Optional<DiffEntry> each = diff.next(); each.isPresent(); each = diff.next()) {
                out.println(each.get()); // CHANGED orders, set items, key "order:000017"
                byte[] before = diff.valueBefore().orElseThrow(); // empty if the key was ADDED
                byte[] after = diff.valueAfter().orElseThrow(); // empty if it was REMOVED
                out.println(new String(before, UTF_8) + " -> " + new String(after, UTF_8));
            }
        }
        // endregion
    }

    private static void convert(BackupManager manager, String tree) throws IOException {
        // region convert
        Backup archive = manager.convert(tree, BackupKind.FULL); // a portable archive
        // endregion
        assertThat(archive.kind()).isEqualTo(BackupKind.FULL);
        assertThat(BackupOptions.defaults().kind()).isEmpty();
    }
}
