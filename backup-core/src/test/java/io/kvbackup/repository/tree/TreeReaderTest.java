package io.kvbackup.repository.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.KeyRange;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.SetBackup;
import io.kvbackup.repository.DiscardingVisitor;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TreeReaderTest {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
    }

    /** Takes down what is read, in order. */
    static final class Collector extends DiscardingVisitor {
        final Map<String, NavigableMap<byte[], byte[]>> sets = new LinkedHashMap<>();
        final List<String> calls = new ArrayList<>();
        private String database = "";

        @Override
        public void beginDatabase(String name) {
            database = name;
            calls.add("begin " + name);
        }

        @Override
        public io.kvbackup.database.EntryVisitor beginSet(SetBackup header) {
            NavigableMap<byte[], byte[]> entries = TreeStore.entries();
            sets.put(database + "/" + header.name(), entries);
            return (key, value) -> assertThat(entries.put(key, value)).isNull();
        }

        @Override
        public void endDatabase(DatabaseBackup header) {
            calls.add("end " + header.name());
        }
    }

    static Collector read(StoredBackup backup, MemoryStorageClient storage, ReadScope scope, Executor executor)
            throws IOException {
        Collector collector = new Collector();
        new TreeReader(storage, System::nanoTime, executor).read(backup, scope, collector, ProgressListener.NONE);
        return collector;
    }

    static void assertSame(NavigableMap<byte[], byte[]> found, NavigableMap<byte[], byte[]> expected) {
        assertThat(found).hasSameSizeAs(expected);
        assertThat(found.keySet().toArray(byte[][]::new))
                .isDeepEqualTo(expected.keySet().toArray(byte[][]::new));
        assertThat(found.values().toArray(byte[][]::new))
                .isDeepEqualTo(expected.values().toArray(byte[][]::new));
    }

    static NavigableMap<byte[], byte[]> orders(int count, Random random) {
        NavigableMap<byte[], byte[]> entries = TreeStore.entries();
        for (int i = 0; i < count; i++) {
            entries.put(key(i), value(random));
        }
        return entries;
    }

    static byte[] key(int i) {
        return String.format("order:%09d", i).getBytes(UTF_8);
    }

    static byte[] value(Random random) {
        byte[] value = new byte[150];
        random.nextBytes(value);
        return value;
    }

    /** Many packs, frames that several runs of chunks share, large values, empty sets. */
    private static void histories(Executor executor, boolean encrypted) throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        MemoryStorageClient storage = new MemoryStorageClient();
        TreeStore store =
                new TreeStore(storage, encrypted ? EncryptionKeys.ofRaw("k", new byte[32]) : null, 60_000, 1024);
        NavigableMap<byte[], byte[]> orders = orders(2_500, random);
        NavigableMap<byte[], byte[]> large = TreeStore.entries();
        for (int i = 0; i < 20; i++) {
            large.put(key(i), new byte[random.nextInt(150_000)]);
        }
        List<StoredBackup> backups = new ArrayList<>();
        List<NavigableMap<byte[], byte[]>> states = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            Map<String, NavigableMap<byte[], byte[]>> sets = new LinkedHashMap<>();
            sets.put("empty", TreeStore.entries());
            sets.put("orders", orders);
            sets.put("one", orders(1, random));
            sets.put("large", large);
            sets.put("last", TreeStore.entries());
            backups.add(store.write("shop", sets));
            NavigableMap<byte[], byte[]> copy = TreeStore.entries();
            copy.putAll(orders);
            states.add(copy);
            for (int i = 0; i < 60; i++) {
                orders.put(key(random.nextInt(2_500)), value(random));
                orders.remove(key(random.nextInt(2_500)));
            }
        }
        for (int round = 0; round < backups.size(); round++) {
            Collector all = read(backups.get(round), storage, ReadScope.EVERYTHING, executor);
            assertThat(all.calls).as("seed %s", seed).containsExactly("begin shop", "end shop");
            assertThat(all.sets.keySet())
                    .containsExactly("shop/empty", "shop/orders", "shop/one", "shop/large", "shop/last");
            assertSame(all.sets.get("shop/orders"), states.get(round));
            assertSame(all.sets.get("shop/large"), large);
            assertThat(all.sets.get("shop/empty")).isEmpty();
            byte[] from = key(random.nextInt(2_500));
            byte[] to = key(random.nextInt(2_500));
            KeyRange range =
                    java.util.Arrays.compareUnsigned(from, to) < 0 ? new KeyRange(from, to) : new KeyRange(to, from);
            Collector part = read(backups.get(round), storage, new ReadScope(Set.of("orders"), range), executor);
            NavigableMap<byte[], byte[]> expected = TreeStore.entries();
            expected.putAll(states.get(round).subMap(range.from(), true, range.to(), false));
            assertSame(part.sets.get("shop/orders"), expected);
            assertThat(part.sets.get("shop/large")).isEmpty();
        }
        assertThat(store.packs().size()).isGreaterThan(8);
    }

    @Test
    void readsEveryBackupOfAHistory() throws IOException {
        histories(THREADS, false);
    }

    @Test
    void readsEncryptedTrees() throws IOException {
        histories(THREADS, true);
    }

    @Test
    void needsNoThreadOfTheExecutor() throws IOException {
        histories(
                task -> {
                    throw new RejectedExecutionException();
                },
                false);
        histories(Runnable::run, false);
        histories(task -> {}, false);
    }

    @Test
    void readsAllDatabases() throws IOException {
        MemoryStorageClient storage = new MemoryStorageClient();
        Map<String, Map<String, NavigableMap<byte[], byte[]>>> databases = new LinkedHashMap<>();
        Random random = new Random(7);
        for (String name : List.of("a", "b", "c")) {
            databases.put(name, Map.of("items", orders(name.equals("b") ? 0 : 900, random)));
        }
        StoredBackup backup = new TreeStore(storage).writeAll(databases);
        Collector all = read(backup, storage, ReadScope.EVERYTHING, THREADS);
        assertThat(all.calls).containsExactly("begin a", "end a", "begin b", "end b", "begin c", "end c");
        assertSame(all.sets.get("c/items"), databases.get("c").get("items"));
        assertThat(all.sets.get("b/items")).isEmpty();
    }

    @Test
    void aMissingPackIsNamed() throws IOException {
        MemoryStorageClient storage = new MemoryStorageClient();
        TreeStore store = new TreeStore(storage);
        StoredBackup backup = store.write("shop", Map.of("orders", orders(3_000, new Random(3))));
        PackId pack = store.packs().iterator().next();
        storage.delete(List.of(TreeStore.objectName("shop", pack)));
        assertThatThrownBy(() -> read(backup, storage, ReadScope.EVERYTHING, THREADS))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining(backup.name().objectName())
                .hasMessageContaining(TreeStore.objectName("shop", pack) + " is gone");
    }

    @Test
    void whatTheVisitorThrowsPassesThrough() throws IOException {
        MemoryStorageClient storage = new MemoryStorageClient();
        StoredBackup backup = new TreeStore(storage).write("shop", Map.of("orders", orders(30_000, new Random(3))));
        IOException full = new IOException("disk full");
        TreeReader reader = new TreeReader(storage, System::nanoTime, THREADS);
        assertThatThrownBy(() -> reader.read(
                        backup,
                        ReadScope.EVERYTHING,
                        new DiscardingVisitor() {
                            @Override
                            public io.kvbackup.database.EntryVisitor beginSet(SetBackup header) {
                                return (key, value) -> {
                                    throw full;
                                };
                            }
                        },
                        ProgressListener.NONE))
                .isSameAs(full);
    }
}
