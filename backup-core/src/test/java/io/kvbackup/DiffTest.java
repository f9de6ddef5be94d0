package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.repository.tree.RequestLog;
import io.kvbackup.repository.tree.TreeStore;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

class DiffTest {
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final RequestLog storage = new RequestLog(memory);
    private final ConcurrentSkipListMap<String, String> live = new ConcurrentSkipListMap<>();
    private final TreeStore store = new TreeStore(memory, null, 200_000, 1024);

    private BackupManager manager() throws IOException {
        return BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder("shop")
                        .set("orders", live, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    private static byte[] key(int i) {
        return String.format("%06d", i).getBytes(UTF_8);
    }

    private static byte[] value(int i) {
        return ("\"value " + i + "\"").getBytes(UTF_8);
    }

    private static NavigableMap<byte[], byte[]> orders(int count) {
        NavigableMap<byte[], byte[]> entries = TreeStore.entries();
        for (int i = 0; i < count; i++) {
            entries.put(key(i), value(i));
        }
        return entries;
    }

    private static NavigableMap<byte[], byte[]> copy(NavigableMap<byte[], byte[]> entries) {
        NavigableMap<byte[], byte[]> copy = TreeStore.entries();
        copy.putAll(entries);
        return copy;
    }

    private String take(TreeStore in, NavigableMap<byte[], byte[]> entries) throws IOException {
        return in.write("shop", Map.of("orders", entries)).name().objectName();
    }

    private static List<String> differences(BackupManager manager, String before, String after) throws IOException {
        List<String> found = new ArrayList<>();
        try (BackupDiff diff = manager.diff(before, after)) {
            for (Optional<BackupDiff.Entry> each = diff.next(); each.isPresent(); each = diff.next()) {
                BackupDiff.Entry entry = each.get();
                found.add(entry.set() + " " + entry.kind() + " " + new String(entry.key(), UTF_8) + " "
                        + diff.valueBefore()
                                .map(bytes -> new String(bytes, UTF_8))
                                .orElse("-") + " "
                        + diff.valueAfter()
                                .map(bytes -> new String(bytes, UTF_8))
                                .orElse("-"));
            }
        }
        return found;
    }

    private static List<String> expected(NavigableMap<byte[], byte[]> before, NavigableMap<byte[], byte[]> after) {
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        keys.addAll(before.keySet());
        keys.addAll(after.keySet());
        List<String> expected = new ArrayList<>();
        for (byte[] key : keys) {
            byte[] old = before.get(key);
            byte[] now = after.get(key);
            if (!Arrays.equals(old, now)) {
                BackupDiff.Kind kind = old == null
                        ? BackupDiff.Kind.ADDED
                        : now == null ? BackupDiff.Kind.REMOVED : BackupDiff.Kind.CHANGED;
                expected.add("orders " + kind + " " + new String(key, UTF_8) + " "
                        + (old == null ? "-" : new String(old, UTF_8)) + " "
                        + (now == null ? "-" : new String(now, UTF_8)));
            }
        }
        return expected;
    }

    private static void change(NavigableMap<byte[], byte[]> entries, Random random, int count) {
        for (int i = 0; i < count; i++) {
            int at = random.nextInt(6_000);
            switch (random.nextInt(3)) {
                case 0 -> entries.remove(key(at));
                case 1 -> entries.put(key(at), value(random.nextInt()));
                default ->
                    entries.keySet()
                            .removeAll(List.copyOf(entries.subMap(key(at), true, key(at + random.nextInt(20)), true)
                                    .keySet()));
            }
        }
    }

    @Test
    void findsWhatAModelFinds() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (BackupManager manager = manager()) {
            for (int round = 0; round < 6; round++) {
                TreeStore mine = new TreeStore(memory, null, 50_000, 1024);
                NavigableMap<byte[], byte[]> before = orders(random.nextInt(6_000));
                NavigableMap<byte[], byte[]> after = copy(before);
                change(after, random, 1 << random.nextInt(10));
                String first = take(mine, before);
                String second = take(mine, after);
                assertThat(differences(manager, first, second))
                        .as("seed %s, round %s", seed, round)
                        .isEqualTo(expected(before, after));
                assertThat(differences(manager, second, first)).isEqualTo(expected(after, before));
                assertThat(differences(manager, first, first)).isEmpty();
                memory.delete(keys());
            }
        }
    }

    private List<String> keys() throws IOException {
        try (var objects = memory.list("")) {
            return objects.map(object -> object.key()).toList();
        }
    }

    @Test
    void costFollowsTheDifference() throws IOException {
        NavigableMap<byte[], byte[]> before = orders(60_000);
        String first = take(store, before);
        NavigableMap<byte[], byte[]> after = copy(before);
        for (int i = 30_000; i < 30_010; i++) {
            after.put(key(i), value(-i));
        }
        String second = take(store, after);
        try (BackupManager manager = manager()) {
            storage.reset();
            assertThat(differences(manager, first, second)).hasSize(10);
            assertThat(storage.bytes()).isLessThan(300_000);
            long ofTen = storage.bytes();
            storage.reset();
            assertThat(differences(manager, second, second)).isEmpty();
            assertThat(storage.requests().stream().filter(request -> request.contains("packs/")))
                    .isEmpty();
            assertThat(storage.bytes()).isLessThan(ofTen);
        }
    }

    @Test
    void comparesTreesThatWereCutDifferentlyAndArchives() throws IOException {
        NavigableMap<byte[], byte[]> before = orders(3_000);
        NavigableMap<byte[], byte[]> after = copy(before);
        change(after, new Random(5), 50);
        String first = take(store, before);
        String second =
                take(new TreeStore(memory, null, 1 << 20, 2048).after(Instant.parse("2026-11-22T10:00:00Z")), after);
        try (BackupManager manager = manager()) {
            assertThat(differences(manager, first, second)).isEqualTo(expected(before, after));
            after.forEach((key, value) -> live.put(new String(key, UTF_8), new String(value, UTF_8)));
            String archive = manager.backupDatabase("shop").objectName();
            assertThat(differences(manager, first, archive)).isEqualTo(expected(before, after));
            assertThat(differences(manager, archive, first)).isEqualTo(expected(after, before));
            assertThat(differences(manager, archive, archive)).isEmpty();
        }
    }

    @Test
    void setsThatOnlyOneHasDifferAsAWhole() throws IOException {
        NavigableMap<byte[], byte[]> few = orders(2);
        String first = store.write("shop", Map.of("old", few)).name().objectName();
        Map<String, NavigableMap<byte[], byte[]>> sets = new LinkedHashMap<>();
        sets.put("new", few);
        String second = store.write("shop", sets).name().objectName();
        try (BackupManager manager = manager();
                BackupDiff diff = manager.diff(first, second)) {
            assertThat(diff.stream().map(BackupDiff.Entry::toString))
                    .containsExactly(
                            "REMOVED shop, set old, key \"000000\"",
                            "REMOVED shop, set old, key \"000001\"",
                            "ADDED shop, set new, key \"000000\"",
                            "ADDED shop, set new, key \"000001\"");
        }
    }

    @Test
    void unrelatedDatabasesAreRefused() throws IOException {
        String shop = take(store, orders(3));
        String stock = store.write("stock", Map.of("orders", orders(3))).name().objectName();
        try (BackupManager manager = manager()) {
            assertThatThrownBy(() -> manager.diff(shop, stock))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[shop]")
                    .hasMessageContaining("[stock]")
                    .hasMessageContaining("none in common");
        }
    }
}
