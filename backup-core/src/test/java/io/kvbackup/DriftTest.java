package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.contract.WrappedDatabase;
import io.kvbackup.event.BackupListener;
import io.kvbackup.model.BackupKind;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

/** A database that says that nothing has changed although something has. */
class DriftTest {
    private final ConcurrentNavigableMap<String, String> items = new ConcurrentSkipListMap<>();
    private final MemoryStorageClient store = new MemoryStorageClient();
    private final List<String> heard = new ArrayList<>();

    private final class Lying extends WrappedDatabase {
        Lying() {
            super(MapDatabase.builder("orders")
                    .set("items", items, Codec.utf8(), Codec.utf8())
                    .build());
        }

        @Override
        protected DatabaseSnapshot wrap(DatabaseSnapshot snapshot) {
            return new Snapshot(snapshot) {
                @Override
                public Optional<Runs> runs(String set) {
                    return Optional.of(new Runs() {
                        @Override
                        public void read(Visitor to) throws IOException {
                            to.visit(KeyRange.all(), new byte[] {1});
                        }

                        @Override
                        public boolean areLasting() {
                            return true;
                        }
                    });
                }
            };
        }
    }

    private BackupManagerBuilder builder() {
        return BackupManager.builder()
                .storage(store)
                .database(new Lying())
                .kind(BackupKind.INCREMENTAL)
                .listener(new BackupListener() {
                    @Override
                    public void onDrift(String database, String set) {
                        heard.add(database + "/" + set);
                        throw new IllegalStateException("a listener fails on purpose");
                    }
                });
    }

    private String stored(BackupManager manager) throws IOException {
        List<String> values = new ArrayList<>();
        manager.readEntries(
                manager.listBackups("orders").get(0).objectName(),
                "orders",
                "items",
                KeyRange.all(),
                (key, value) -> values.add(new String(value, UTF_8)));
        return String.join(",", values);
    }

    @Test
    void listenersAreToldAndTheScanCounts() throws IOException {
        items.put("a", "1");
        try (BackupManager manager = builder().build()) {
            manager.backupDatabase("orders");
            items.put("a", "2");
            manager.backupDatabase("orders");
            assertThat(stored(manager)).isEqualTo("1");
            assertThat(heard).isEmpty();
        }
        Properties properties = new Properties();
        properties.setProperty("kvbackup.full-scan-every", "0s");
        try (BackupManager manager = builder().properties(properties).build()) {
            manager.backupDatabase("orders");
            assertThat(heard).containsExactly("orders/items");
            assertThat(stored(manager)).isEqualTo("2");
            items.put("a", "3");
            manager.backupDatabase("orders");
            assertThat(stored(manager)).isEqualTo("3");
        }
    }

    @Test
    void aNegativeTimeIsRefused() {
        assertThatThrownBy(() -> builder().fullScanEvery(Duration.ofDays(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fullScanEvery");
    }
}
