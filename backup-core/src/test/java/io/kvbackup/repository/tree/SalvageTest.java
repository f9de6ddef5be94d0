package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Older backups heal through newer ones. */
class SalvageTest {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final NavigableMap<byte[], byte[]> orders = TreeReaderTest.orders(4_000, new Random(11));

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
    }

    private NavigableMap<byte[], byte[]> read(StoredBackup backup, boolean salvaging) throws IOException {
        TreeReader strict = new TreeReader(storage, System::nanoTime, THREADS);
        TreeReaderTest.Collector found = new TreeReaderTest.Collector();
        (salvaging ? strict.salvaging() : strict).read(backup, ReadScope.EVERYTHING, found, ProgressListener.NONE);
        return found.sets.get("shop/orders");
    }

    private Map<String, NavigableMap<byte[], byte[]>> sets() {
        Map<String, NavigableMap<byte[], byte[]>> sets = new LinkedHashMap<>();
        sets.put("first", TreeReaderTest.orders(50, new Random(2)));
        sets.put("orders", orders);
        return sets;
    }

    private void damageChunks(String pack) throws IOException {
        byte[] bytes;
        try (InputStream in = storage.download(pack, ByteRange.all())) {
            bytes = in.readAllBytes();
        }
        // Chunks come first; nodes and footer stay as they are.
        for (int at = 100; at < bytes.length * 8 / 10; at += 997) {
            bytes[at] ^= 1;
        }
        storage.upload(pack, ContentWriter.of(bytes), PutCondition.none());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void damagedChunksAreReadFromLaterPacks(boolean encrypted) throws IOException {
        TreeStore store =
                new TreeStore(storage, encrypted ? EncryptionKeys.ofRaw("k", new byte[32]) : null, 150_000, 1024);
        StoredBackup older = store.write("shop", sets());
        NavigableMap<byte[], byte[]> then = TreeStore.entries();
        then.putAll(orders);
        for (PackId pack : List.copyOf(store.packs())) {
            damageChunks(TreeStore.objectName("shop", pack));
            store.mustNotUse(pack);
        }
        assertThatThrownBy(() -> read(older, true)).isInstanceOf(CorruptBackupException.class);
        StoredBackup newer = store.write("shop", sets());
        TreeReaderTest.assertSame(read(newer, false), then);
        TreeReaderTest.assertSame(read(older, true), then);
        assertThatThrownBy(() -> read(older, false)).isInstanceOf(CorruptBackupException.class);
    }

    @Test
    void lostPacksOfChangesAreReplacedToo() throws IOException {
        TreeStore store = new TreeStore(storage, null, 1 << 20, 1024);
        store.write("shop", sets());
        List<PackId> before = List.copyOf(store.packs());
        for (int i = 0; i < 4_000; i += 100) {
            orders.put(TreeReaderTest.key(i), TreeReaderTest.value(new Random(i)));
        }
        StoredBackup second = store.write("shop", sets());
        NavigableMap<byte[], byte[]> then = TreeStore.entries();
        then.putAll(orders);
        // The chunks of the first backup's only pack are damaged: the second shares most of them.
        damageChunks(TreeStore.objectName("shop", before.get(0)));
        store.mustNotUse(before.get(0));
        for (int i = 50; i < 4_000; i += 1_000) {
            orders.put(TreeReaderTest.key(i), TreeReaderTest.value(new Random(-i)));
        }
        store.write("shop", sets());
        byte[] changed = TreeReaderTest.key(50);
        assertThat(Arrays.equals(then.get(changed), orders.get(changed))).isFalse();
        // What has changed since is nowhere else.
        assertThatThrownBy(() -> read(second, true)).isInstanceOf(CorruptBackupException.class);
        for (int i = 50; i < 4_000; i += 1_000) {
            orders.put(TreeReaderTest.key(i), then.get(TreeReaderTest.key(i)));
        }
        store.write("shop", sets());
        TreeReaderTest.assertSame(read(second, true), then);
    }
}
