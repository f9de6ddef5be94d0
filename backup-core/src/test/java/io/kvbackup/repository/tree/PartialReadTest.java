package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PartialReadTest {
    private static final int COUNT = 20_000;
    private static final long POINT_BYTES = 512 * 1024;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();
    private static final NavigableMap<byte[], byte[]> ORDERS = TreeStore.entries();

    @BeforeAll
    static void fill() {
        for (int i = 0; i < COUNT; i++) {
            ORDERS.put(TreeReaderTest.key(2 * i), TreeReaderTest.value(new Random(i)));
        }
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
    }

    /** A tree, and what it takes to read from it. */
    private static final class Fixture {
        final RequestLog log = new RequestLog(new MemoryStorageClient());
        final TreeStore store;
        final StoredBackup backup;
        final TreeReader reader = new TreeReader(log, System::nanoTime, THREADS);
        final int levels;

        Fixture(@Nullable EncryptionKeys keys) throws IOException {
            store = new TreeStore(log, keys, 64 << 20, 1024);
            backup = store.write("shop", Map.of("orders", ORDERS));
            TreeDocument document = TreeDocuments.read(log, backup);
            // Those of the nodes, and that of the chunks.
            levels = document.databases().get(0).root("orders").orElseThrow().level() + 1;
            assertThat(levels).isGreaterThan(3);
            log.reset();
        }

        EntryCursor open(KeyRange keys) throws IOException {
            return reader.open(store.catalog().find(backup.name().objectName()), "shop", "orders", keys);
        }
    }

    private static void readsOneKey(Fixture fixture) throws IOException {
        for (int i : new int[] {0, 1, COUNT / 2, COUNT - 1}) {
            fixture.log.reset();
            byte[] key = TreeReaderTest.key(2 * i);
            try (EntryCursor cursor = fixture.open(KeyRange.only(key))) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.key()).isEqualTo(key);
                assertThat(cursor.value()).isEqualTo(ORDERS.get(key));
                assertThat(cursor.next()).isFalse();
            }
            assertThat(fixture.log.requests()).hasSizeLessThanOrEqualTo(fixture.levels + 3);
            assertThat(fixture.log.bytes()).isLessThanOrEqualTo(POINT_BYTES);
        }
    }

    @Test
    void aKeyCostsARequestForEachLevel() throws IOException {
        readsOneKey(new Fixture(null));
    }

    /** All requests that there are: listing, manifest, document, and the pack's header for its salt. */
    @Test
    void encryptionCostsTheHeaderOfThePack() throws IOException {
        Fixture fixture = new Fixture(EncryptionKeys.ofRaw("k", new byte[32]));
        fixture.log.reset();
        try (EntryCursor cursor = fixture.open(KeyRange.only(TreeReaderTest.key(2 * 77)))) {
            assertThat(cursor.next()).isTrue();
        }
        assertThat(fixture.log.requests()).hasSizeLessThanOrEqualTo(fixture.levels + 4);
        assertThat(fixture.log.bytes()).isLessThanOrEqualTo(POINT_BYTES);
    }

    @Test
    void aKeyThatIsNotThereIsNotThere() throws IOException {
        Fixture fixture = new Fixture(null);
        for (int i : new int[] {-1, 1, 2 * COUNT - 3, 2 * COUNT + 5}) {
            fixture.log.reset();
            try (EntryCursor cursor = fixture.open(KeyRange.only(TreeReaderTest.key(i)))) {
                assertThat(cursor.next()).isFalse();
                assertThat(cursor.next()).isFalse();
            }
            assertThat(fixture.log.requests()).hasSizeLessThanOrEqualTo(fixture.levels + 3);
        }
    }

    @Test
    void aRangeCostsItsShare() throws IOException {
        Fixture fixture = new Fixture(null);
        byte[] from = TreeReaderTest.key(COUNT);
        byte[] to = TreeReaderTest.key(COUNT + 2_000);
        int count = 0;
        try (EntryCursor cursor = fixture.open(new KeyRange(from, to))) {
            while (cursor.next()) {
                assertThat(cursor.value()).isEqualTo(ORDERS.get(cursor.key()));
                count++;
            }
        }
        assertThat(count).isEqualTo(1_000);
        assertThat(fixture.log.bytes()).isLessThan(1_000 * 200 + POINT_BYTES);
    }

    @Test
    void whoStopsEarlyHasNotPaidForTheRest() throws IOException {
        Fixture fixture = new Fixture(null);
        try (EntryCursor cursor = fixture.open(KeyRange.all())) {
            assertThat(cursor.next()).isTrue();
            assertThatThrownBy(() -> {
                        cursor.close();
                        cursor.next();
                    })
                    .hasMessageContaining("close()");
        }
        assertThat(fixture.log.bytes()).isLessThan(1_800_000);
    }
}
