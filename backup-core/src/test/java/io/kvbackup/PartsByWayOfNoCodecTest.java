package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.model.Encoding;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;

/** Codecs of hosts may keep less than values are. What is not restored does not go through them. */
class PartsByWayOfNoCodecTest {
    private static final Codec<String> LOSSY = Codec.of(
            Encoding.TEXT, text -> text.replace(" (cached)", "").getBytes(UTF_8), bytes -> new String(bytes, UTF_8));

    @Test
    void t31_maps() throws IOException {
        Map<String, String> map = new ConcurrentHashMap<>();
        assertOnlyOneIsRestored(
                () -> map,
                MapDatabase.builder("d").set("items", map, Codec.utf8(), LOSSY).build());
    }

    @Test
    void t31_mapsOfAnMvStore() throws IOException {
        try (MVStore store = MVStore.open(null)) {
            Database database = MvStoreDatabase.builder("d", store)
                    .set("items", new MVMap.Builder<String, String>(), Codec.utf8(), LOSSY)
                    .build();
            // A restore puts another map in the place of the one that was open.
            assertOnlyOneIsRestored(() -> store.openMap("items"), database);
        }
    }

    private static void assertOnlyOneIsRestored(Supplier<Map<String, String>> live, Database database)
            throws IOException {
        live.get().putAll(Map.of("a", "1 (cached)", "b", "2 (cached)"));
        try (BackupManager manager = BackupManager.builder()
                .storage(new MemoryStorageClient())
                .database(database)
                .build()) {
            String backup = manager.backupDatabase("d").objectName();
            live.get().put("c", "3 (cached)");
            manager.restoreDatabase(
                    backup,
                    RestoreOptions.builder()
                            .keys(KeyRange.only("a".getBytes(UTF_8)))
                            .build());
        }
        assertThat(Map.copyOf(live.get())).isEqualTo(Map.of("a", "1", "b", "2 (cached)", "c", "3 (cached)"));
    }
}
