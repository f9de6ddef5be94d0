package io.kvbackup.database.mvstore;

import static io.kvbackup.database.contract.DatabaseContents.entries;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MvStoreDatabaseTest {
    /** As UTF-16 the second comes before the first, as UTF-8 after it. */
    private static final List<String> TEXTS = List.of("a", "\uFF21", "\uD83D\uDE00");

    private final MVStore store = MVStore.open(null);
    private final MVMap.Builder<String, Long> types = new MVMap.Builder<>();

    @AfterEach
    void close() {
        store.closeImmediately();
    }

    @Test
    void mapsOfOtherTypesGoThroughTheirCodecs() throws IOException {
        MvStoreDatabase database = stock();
        MVMap<String, Long> live = store.openMap("stock", types);
        TEXTS.forEach(text -> live.put(text, (long) text.length()));
        Map<String, NavigableMap<byte[], byte[]>> copy = DatabaseContents.of(database);
        assertThat(copy.get("stock").keySet().stream().map(String::new).collect(Collectors.toList()))
                .isEqualTo(TEXTS);

        live.clear();
        DatabaseContents.restore(database, header(), copy);
        assertThat(store.openMap("stock", types)).hasSize(3).containsEntry("\uD83D\uDE00", 2L);
    }

    @Test
    void mapsGoThroughTheirDataTypesWhereNoCodecIsGiven() throws IOException {
        MVMap.Builder<Object, Object> serialised = new MVMap.Builder<>();
        MVMap.Builder<String, byte[]> plain = new MVMap.Builder<String, byte[]>()
                .keyType(StringDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE);
        MvStoreDatabase database = MvStoreDatabase.builder("stock-keeping", store)
                .set("objects", serialised)
                .set("plain", plain)
                .build();
        Map<Object, Object> objects = Map.of(
                "text", 1, -5L, List.of("serialised", "by Java"), UUID.fromString("0-0-0-0-1"), new BigDecimal("1.50"));
        store.openMap("objects", serialised).putAll(objects);
        store.openMap("plain", plain).put("a", new byte[] {1, 2});
        DatabaseBackup header;
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            header = snapshot.header();
        }
        assertThat(header.sets().get("plain")).isEqualTo(new SetBackup("plain", Encoding.TEXT, Encoding.BINARY));
        assertThat(header.sets().get("objects").keys()).isEqualTo(Encoding.BINARY);
        Map<String, NavigableMap<byte[], byte[]>> copy = DatabaseContents.of(database);
        assertThat(copy.get("plain").get("a".getBytes(UTF_8))).containsExactly(1, 2);

        store.openMap("objects", serialised).clear();
        DatabaseContents.restore(database, header, copy);
        assertThat(store.openMap("objects", serialised)).containsExactlyInAnyOrderEntriesOf(objects);
        assertThat(store.openMap("plain", plain).get("a")).containsExactly(1, 2);
    }

    @Test
    void restoredMapsAreNotSingleWriterMaps() throws IOException {
        DatabaseContents.restore(stock(), header(), Map.of("stock", entries("a", "1")));
        MVMap<String, Long> restored = store.openMap("stock", types);
        // Appending is a put to maps of several writers, and so finds the place of a key that comes before.
        restored.append("A", 2L);
        assertThat(restored.firstKey()).isEqualTo("A");
    }

    @Test
    void mapsThatTheHostHasOpenAreClosedByARestoreAndOpenedAgainByName() throws IOException {
        MvStoreDatabase database = stock();
        MVMap<String, Long> before = store.openMap("stock", types);
        DatabaseContents.restore(database, header(), Map.of("stock", entries("pears", "7")));

        assertThat(before.isClosed()).isTrue();
        assertThatThrownBy(() -> before.put("pears", 1L)).hasMessageContaining("closed");
        assertThat(store.openMap("stock", types)).containsOnly(Map.entry("pears", 7L));
    }

    @Test
    void aHostIsGivenItsMapsAtFirstAndAfterEachRestore() throws IOException {
        List<MVMap<String, Long>> given = new ArrayList<>();
        MvStoreDatabase database = MvStoreDatabase.builder("stock-keeping", store)
                .set("stock", types, Codec.utf8(), longs(), given::add)
                .build();
        assertThat(given).hasSize(1);
        given.get(0).put("pears", 3L);
        Map<String, NavigableMap<byte[], byte[]>> copy = DatabaseContents.of(database);
        for (int round = 1; round <= 2; round++) {
            given.get(round - 1).put("apples", 1L);
            DatabaseContents.restore(database, header(), copy);
            assertThat(given).hasSize(round + 1);
            assertThat(given.get(round)).containsOnly(Map.entry("pears", 3L));
            assertThat(given.get(round).isClosed()).isFalse();
        }
        try (DatabaseRestore restore = database.beginRestore(header())) {
            restore.set("stock");
        }
        assertThat(given).as("a restore that was given up").hasSize(3);
    }

    @Test
    void aHostThatFailsToTakeItsMapDoesNotFailTheRestore() throws IOException {
        AtomicBoolean fails = new AtomicBoolean();
        MvStoreDatabase database = MvStoreDatabase.builder("stock-keeping", store)
                .set("stock", types, Codec.utf8(), longs(), map -> {
                    if (fails.get()) {
                        throw new IllegalStateException("on purpose");
                    }
                })
                .build();
        fails.set(true);
        DatabaseContents.restore(database, header(), Map.of("stock", entries("pears", "7")));
        assertThat(store.openMap("stock", types)).containsOnly(Map.entry("pears", 7L));
    }

    @Test
    void aSetWhoseMapDoesNotExistIsShownEmptyAndNotCreated() throws IOException {
        assertThat(DatabaseContents.of(stock()).get("stock")).isEmpty();
        assertThat(store.getMapNames()).isEmpty();
    }

    @Test
    void aSecondRestoreWaitsForTheFirstWhoeverDescribesTheDatabase() throws IOException {
        try (DatabaseRestore first = stock().beginRestore(header())) {
            first.set("stock").visit("a".getBytes(UTF_8), new byte[] {'1'});
            assertThatThrownBy(() -> stock().beginRestore(header()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("stock-keeping")
                    .hasMessageContaining("another");
            first.commit();
        }
        assertThat(store.openMap("stock", types)).containsOnly(Map.entry("a", 1L));
    }

    @Test
    void valuesThatTheCodecRefusesAreReportedWithMapAndKey() throws IOException {
        try (DatabaseRestore restore = stock().beginRestore(header())) {
            assertThatThrownBy(() -> restore.set("stock").visit(new byte[] {'k'}, new byte[] {'x'}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("map stock")
                    .hasMessageContaining("0x6b")
                    .hasMessageContaining("another codec");
        }
    }

    @Test
    void keysThatAreEncodedAlikeAreRefused() throws IOException {
        MvStoreDatabase database = MvStoreDatabase.builder("stock-keeping", store)
                .set("stock", types, Codec.of(text -> new byte[] {1}, bytes -> "x"), longs())
                .build();
        store.openMap("stock", types).putAll(Map.of("a", 1L, "b", 2L));

        assertThatThrownBy(() -> DatabaseContents.of(database))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("same bytes");
    }

    @Test
    void aClosedStoreIsReported() throws IOException {
        MvStoreDatabase database = stock();
        store.openMap("stock", types).put("a", 1L);
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            store.closeImmediately();
            assertThatThrownBy(() -> DatabaseContents.of(snapshot, "stock")).hasMessageContaining("closed");
        }
        assertThatThrownBy(database::openSnapshot)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed")
                .hasMessageContaining("open it again");
        assertThatThrownBy(() -> database.beginRestore(header())).hasMessageContaining("closed");
    }

    @Test
    void anInterruptEndsTheReadingBeforeItCanCloseTheFile() throws IOException {
        MvStoreDatabase database = stock();
        store.openMap("stock", types).put("a", 1L);
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> DatabaseContents.of(snapshot, "stock")).isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void namesThatAreOursAreRefused() {
        assertThatThrownBy(() ->
                        MvStoreDatabase.builder("d", store).set("kvbackup.restore:d", types, Codec.utf8(), longs()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kvbackup.restore:d");
        assertThatThrownBy(() -> MvStoreDatabase.builder("d", store).build()).hasMessageContaining("no sets");
    }

    private MvStoreDatabase stock() throws IOException {
        return MvStoreDatabase.builder("stock-keeping", store)
                .set("stock", types, Codec.utf8(), longs())
                .build();
    }

    private static Codec<Long> longs() {
        return Codec.of(
                Encoding.JSON,
                number -> number.toString().getBytes(UTF_8),
                bytes -> Long.valueOf(new String(bytes, UTF_8)));
    }

    private static DatabaseBackup header() {
        return DatabaseBackup.of("stock-keeping", new SetBackup("stock", Encoding.TEXT, Encoding.JSON));
    }

    @Test
    void aMapThatIsRemovedAndMadeAgainMeanwhileIsNoReasonToFail() throws Exception {
        MvStoreDatabase database = stock();
        AtomicBoolean done = new AtomicBoolean();
        Thread host = new Thread(() -> {
            while (!done.get()) {
                store.removeMap("stock");
                store.openMap("stock", types).put("a", 1L);
            }
        });
        host.start();
        try {
            for (int i = 0; i < 2_000; i++) {
                try (DatabaseSnapshot snapshot = database.openSnapshot()) {
                    DatabaseContents.of(snapshot, "stock");
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("stock");
                }
            }
        } finally {
            done.set(true);
            host.join();
        }
    }

    @Test
    void aMapWhoseStoredFormIsAnotherEndsTheBackupWithItsPlace() throws Exception {
        store.openMap("stock", new MVMap.Builder<String, String>()).put("a", "text");
        MvStoreDatabase database = stock();

        assertThatThrownBy(() -> DatabaseContents.of(database))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("stock");
    }

    @Test
    void whatAVisitorThrowsIsNotBlamedOnTheStore() throws Exception {
        store.openMap("stock", types).put("a", 1L);
        IllegalStateException mine = new IllegalStateException("the visitor's own");
        try (DatabaseSnapshot snapshot = stock().openSnapshot()) {
            assertThatThrownBy(() -> snapshot.readEntries("stock", KeyRange.all(), (key, value) -> {
                        throw mine;
                    }))
                    .isSameAs(mine);
        }
    }
}
