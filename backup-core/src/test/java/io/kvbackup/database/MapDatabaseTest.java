package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class MapDatabaseTest {
    private static final IndexBackup BY_PRICE = new IndexBackup("by price", "items", "price", 1, List.of("label"));
    private static final AuthBackup AUTH = new AuthBackup("admin", "secret", true);

    private final ConcurrentSkipListMap<String, String> items = new ConcurrentSkipListMap<>();

    private MapDatabase.Builder withItems() {
        return MapDatabase.builder("orders").set("items", items, Codec.utf8(), Codec.utf8());
    }

    @Test
    void headerTellsSetsIndexesAndAccess() throws IOException {
        AtomicReference<AuthBackup> auth = new AtomicReference<>();
        MapDatabase database = withItems()
                .set("prices", new ConcurrentHashMap<>(), lowerCase(), Codec.json(Integer.class))
                .index(BY_PRICE)
                .auth(auth::get)
                .build();
        auth.set(AUTH);

        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            assertThat(snapshot.header())
                    .isEqualTo(DatabaseBackup.of(
                            "orders",
                            List.of(
                                    new SetBackup("items", Encoding.TEXT, Encoding.TEXT),
                                    new SetBackup("prices", Encoding.BINARY, Encoding.JSON)),
                            List.of(BY_PRICE),
                            AUTH));
        }
    }

    @Test
    void writersDoNotWaitWhereThereIsNoLock() throws IOException {
        ConcurrentHashMap<String, String> unordered = new ConcurrentHashMap<>(Map.of("a", "1"));
        MapDatabase database = MapDatabase.builder("orders")
                .set("items", unordered, Codec.utf8(), Codec.utf8())
                .build();
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            unordered.put("b", "2");
            unordered.put("a", "changed");
            unordered.remove("a");

            for (int i = 0; i < 2; i++) {
                DatabaseContents.assertSame(
                        DatabaseContents.of(snapshot, "items"), DatabaseContents.entries("a", "1"), "noted entries");
            }
        }
    }

    @Test
    void aNavigableMapIsScannedWithoutBeingCopiedIfTheHostSaysSo() throws IOException {
        for (int i = 0; i < 1_000; i++) {
            items.put(String.format("%04d", i), "old");
        }
        List<String> visited = new ArrayList<>();
        try (DatabaseSnapshot snapshot = withItems().scanLive().build().openSnapshot()) {
            snapshot.readEntries("items", KeyRange.all(), (key, value) -> {
                visited.add(new String(value, UTF_8));
                items.put("0999", "written while it is read");
            });
        }
        assertThat(visited).hasSize(1_000).endsWith("written while it is read");
    }

    @Test
    void aKeyThatIsPutWhereItsBytesDoNotBelongIsReported() throws IOException {
        items.putAll(Map.of("a", "1", "b", "2", "\uFF5E", "tilde"));
        try (DatabaseSnapshot snapshot = withItems().scanLive().build().openSnapshot()) {
            assertThatThrownBy(() -> snapshot.readEntries(
                            "items",
                            KeyRange.all(),
                            (key, value) -> items.put("\uD83D\uDE00", "as UTF-16 before the tilde, as UTF-8 after it")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("database orders, set items", "lock");
        }
    }

    @Test
    void entriesAreNotedWhenASnapshotIsOpenedOtherwise() throws IOException {
        items.putAll(Map.of("a", "1", "b", "2"));
        try (DatabaseSnapshot snapshot = withItems().build().openSnapshot()) {
            items.put("b", "later");
            items.put("c", "later");

            DatabaseContents.assertSame(
                    DatabaseContents.of(snapshot, "items"), DatabaseContents.entries("a", "1", "b", "2"), "noted");
        }
    }

    @Test
    void textsAreReadInTheOrderOfTheirBytesWhereThatIsNotTheirOwn() throws IOException {
        // UTF-16 puts the surrogate pair first, UTF-8 last.
        items.put("\uFF5E", "tilde");
        items.put("\uD83D\uDE00", "emoji");

        assertThat(DatabaseContents.of(withItems().build()).get("items").values())
                .extracting(value -> new String(value, UTF_8))
                .containsExactly("tilde", "emoji");
    }

    @Test
    void keysWithTheSameBytesAreNamed() {
        items.put("a", "1");
        items.put("A", "2");
        MapDatabase database = MapDatabase.builder("orders")
                .set("items", items, lowerCase(), Codec.utf8())
                .build();

        assertThatThrownBy(() -> DatabaseContents.of(database))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("orders", "items", "\"a\"", "\"A\"", "same bytes");
    }

    @Test
    void bytesThatDecodeToTheSameKeyAreRefused() throws IOException {
        MapDatabase database = MapDatabase.builder("orders")
                .set("items", items, lowerCase(), Codec.utf8())
                .build();
        try (DatabaseRestore restore = database.beginRestore(itemsHeader())) {
            EntryVisitor set = restore.set("items");
            set.visit(new byte[] {'A'}, new byte[0]);

            assertThatThrownBy(() -> set.visit(new byte[] {'a'}, new byte[0]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("items", "\"a\"", "twice");
        }
    }

    private static Codec<String> lowerCase() {
        return Codec.of(
                text -> text.toLowerCase(Locale.ROOT).getBytes(UTF_8),
                bytes -> new String(bytes, UTF_8).toLowerCase(Locale.ROOT));
    }

    @Test
    void codecFailuresNameSetAndKey() throws IOException {
        items.put("good", "ok");
        items.put("zz bad", "\uD83D");
        assertThatThrownBy(() -> DatabaseContents.of(withItems().build()))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("orders", "items", "zz bad", "surrogate");

        try (DatabaseRestore restore = withItems().build().beginRestore(itemsHeader())) {
            EntryVisitor set = restore.set("items");
            assertThatThrownBy(() -> set.visit(new byte[] {0, 1}, new byte[] {-1}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("orders", "items", "0x0001", "UTF-8");
        }
        assertThat(items).hasSize(2);
    }

    @Test
    void codecsThatReturnNullAreNamed() {
        items.put("a", "1");
        MapDatabase database = MapDatabase.builder("orders")
                .set("items", items, Codec.utf8(), Codec.<String>of(value -> null, bytes -> null))
                .build();

        assertThatThrownBy(() -> DatabaseContents.of(database))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("\"a\"", "null");
    }

    @Test
    void t18_nonsenseIsRefusedWhenTheDatabaseIsDescribed() {
        assertThatThrownBy(() -> withItems().set("items", items, Codec.utf8(), Codec.utf8()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("items");
        assertThatThrownBy(() -> MapDatabase.builder(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
        assertThatThrownBy(() -> withItems().set("more", Map.of(), Codec.json(String.class), Codec.utf8()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keys");
        assertThatThrownBy(() -> withItems().index(BY_PRICE).index(BY_PRICE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("by price");
        assertThatThrownBy(() -> withItems()
                        .index(new IndexBackup("i", "none", "f", 0, List.of()))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> withItems()
                        .set("plain", new HashMap<>(), Codec.utf8(), Codec.utf8())
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("plain", "HashMap", "lock");
    }

    private static DatabaseBackup itemsHeader() {
        return DatabaseBackup.of("orders", new SetBackup("items", Encoding.TEXT, Encoding.TEXT));
    }

    @Test
    void keysThatAMapTakesForEqualByRulesOfItsOwnAreRestored() throws Exception {
        Map<byte[], byte[]> map = new ContentMap();
        map.put(new byte[] {1}, new byte[] {10});
        map.put(new byte[] {2}, new byte[] {20});
        MapDatabase database = MapDatabase.builder("d")
                .set("s", map, Codec.bytes(), Codec.bytes())
                .lock(new ReentrantLock())
                .build();
        var copy = DatabaseContents.of(database);
        map.put(new byte[] {1}, new byte[] {11});
        map.put(new byte[] {3}, new byte[] {30});
        DatabaseContents.restore(
                database, DatabaseBackup.of("d", new SetBackup("s", Encoding.BINARY, Encoding.BINARY)), copy);
        DatabaseContents.assertSame(DatabaseContents.of(database).get("s"), copy.get("s"), "restored");
    }

    @Test
    void t28_aMapThatChangesValuesIsFoundOutAndHasItsOldContentAgain() {
        Map<String, String> map = new TreeMap<>() {
            @Override
            public String put(String key, String value) {
                return super.put(key, value.substring(0, 1));
            }

            @Override
            public void putAll(Map<? extends String, ? extends String> all) {
                all.forEach(this::put);
            }
        };
        map.put("k", "o");
        MapDatabase database = MapDatabase.builder("d")
                .set("s", map, Codec.utf8(), Codec.utf8())
                .lock(new ReentrantLock())
                .build();
        assertThatThrownBy(() -> DatabaseContents.restore(
                        database,
                        DatabaseBackup.of("d", new SetBackup("s", Encoding.TEXT, Encoding.TEXT)),
                        Map.of("s", DatabaseContents.entries("k", "new"))))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("set s", "key \"k\"", "another value", "its old content is back");
        assertThat(map).containsExactly(Map.entry("k", "o"));
    }

    private static void restore(Database database, KeyRange keys, Map<String, String> entries) throws IOException {
        DatabaseBackup header = DatabaseBackup.of("d", new SetBackup("s", Encoding.TEXT, Encoding.TEXT));
        try (DatabaseRestore restore = keys.equals(KeyRange.all())
                ? database.beginRestore(header)
                : database.beginPartialRestore(header, keys).orElseThrow()) {
            EntryVisitor set = restore.set("s");
            for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
                set.visit(entry.getKey().getBytes(UTF_8), entry.getValue().getBytes(UTF_8));
            }
            restore.commit();
        }
    }

    /** A host that writes in the middle of a commit. */
    private static ConcurrentSkipListMap<String, String> busyMap() {
        return new ConcurrentSkipListMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            public void putAll(Map<? extends String, ? extends String> all) {
                super.putAll(all);
                put("other", "later");
                put("new", "later");
                remove("gone");
            }
        };
    }

    @Test
    void t31_whatTheHostWritesToOtherKeysDuringACommitStays() throws IOException {
        ConcurrentSkipListMap<String, String> map = busyMap();
        Map.of("a", "1", "ab", "1", "other", "1", "gone", "1").forEach(map::put);
        restore(
                MapDatabase.builder("d")
                        .set("s", map, Codec.utf8(), Codec.utf8())
                        .build(),
                KeyRange.startingWith("a".getBytes(UTF_8)),
                Map.of("a", "2", "ac", "2", "other", "2"));

        assertThat(map).isEqualTo(Map.of("a", "2", "ac", "2", "other", "later", "new", "later"));
    }

    @Test
    void whoeverWritesDuringACommitIsToldThatThisIsOneOfTheReasons() {
        MapDatabase database = MapDatabase.builder("d")
                .set("s", busyMap(), Codec.utf8(), Codec.utf8())
                .build();
        assertThatThrownBy(() -> restore(database, KeyRange.all(), Map.of("new", "1")))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("set s", "somebody wrote", "old content is back");
    }

    @Test
    void keysThatASortedMapTakesForTheSameComeBackAsTheyWereWritten() throws IOException {
        ConcurrentSkipListMap<String, String> map = new ConcurrentSkipListMap<>(String.CASE_INSENSITIVE_ORDER);
        MapDatabase database = MapDatabase.builder("d")
                .set("s", map, Codec.utf8(), Codec.utf8())
                .build();
        map.putAll(Map.of("ABC", "1", "b", "1"));
        restore(database, KeyRange.all(), Map.of("abc", "1", "b", "2"));
        assertThat(map.toString()).isEqualTo("{abc=1, b=2}");

        map.put("X", "1");
        assertThatThrownBy(() -> restore(database, KeyRange.startingWith("x".getBytes(UTF_8)), Map.of("x", "2")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not to be restored");
        assertThat(map.toString()).isEqualTo("{abc=1, b=2, X=1}");
    }
}
