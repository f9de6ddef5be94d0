package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.ChangeModel;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

class ChangeRecorderTest {
    private final ChangeRecorder recorder = ChangeRecorder.create();
    private final ChangeModel model = ChangeModel.startingWith(Map.of());

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private int read() throws IOException {
        try (ChangeReader reader = recorder.open(model.commits().isEmpty() ? 0 : model.lastPosition())) {
            return model.readAll(reader);
        }
    }

    private Map<String, String> items() {
        Map<String, String> items = new TreeMap<>();
        model.entries("items").forEach((key, value) -> items.put(new String(key, UTF_8), new String(value, UTF_8)));
        return items;
    }

    @Test
    void aCommitThatDoesNotEndHasNotHappened() throws IOException {
        try (ChangeRecorder.Commit commit = recorder.begin()) {
            commit.put("items", bytes("a"), bytes("1"));
        }
        try (ChangeRecorder.Commit commit = recorder.begin()) {
            commit.end();
        }
        assertThat(recorder.position()).isZero();
        assertThat(read()).isZero();
    }

    @Test
    void aCommitIsSeenWhenItIsClosedAsAreAllBeforeIt() throws IOException {
        ChangeRecorder.Commit first = recorder.begin();
        first.put("items", bytes("a"), bytes("1"));
        first.end();
        try (ChangeRecorder.Commit second = recorder.begin()) {
            second.put("items", bytes("b"), bytes("2"));
            second.end();
        }
        assertThat(recorder.position()).isZero();
        assertThat(read()).isZero();
        first.close();
        assertThat(recorder.position()).isEqualTo(2);
        assertThat(read()).isEqualTo(2);
        assertThat(items()).containsOnlyKeys("a", "b");
    }

    @Test
    void aRangeIsDeleted() throws IOException {
        try (ChangeRecorder.Commit commit = recorder.begin()) {
            for (String key : new String[] {"a", "b", "c", "d"}) {
                commit.put("items", bytes(key), bytes("1"));
            }
            commit.deleteRange("items", new KeyRange(bytes("b"), bytes("c")));
            commit.deleteRange("items", KeyRange.startingFrom(bytes("d")));
            commit.delete("items", bytes("x"));
            commit.end();
        }
        read();
        assertThat(items()).containsOnlyKeys("a", "c");
    }

    @Test
    void aCommitThatIsOverTakesNothingMore() {
        ChangeRecorder.Commit commit = recorder.begin();
        commit.put("items", bytes("a"), bytes("1"));
        commit.end();
        assertThatThrownBy(() -> commit.put("items", bytes("b"), bytes("2")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("begin another");
        assertThatThrownBy(commit::end).isInstanceOf(IllegalStateException.class);
        commit.close();
        commit.close();
        assertThat(recorder.position()).isEqualTo(1);
    }

    @Test
    void aRecorderRecordsOneDatabaseAndItsSets() {
        MapDatabase.builder("orders")
                .set("items", new ConcurrentHashMap<>(), Codec.utf8(), Codec.utf8())
                .changes(recorder)
                .build();
        MapDatabase.Builder second = MapDatabase.builder("other")
                .set("items", new ConcurrentHashMap<>(), Codec.utf8(), Codec.utf8())
                .changes(recorder);

        assertThatThrownBy(second::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another database");
        try (ChangeRecorder.Commit commit = recorder.begin()) {
            assertThatThrownBy(() -> commit.put("itmes", bytes("a"), bytes("1")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("itmes", "items");
        }
    }

    @Test
    void everyWayToChangeAJournaledMapIsRecorded() throws IOException {
        ConcurrentMap<String, String> map = new ConcurrentHashMap<>();
        ConcurrentMap<String, String> journal = recorder.journal("items", map, Codec.utf8(), Codec.utf8());
        Runnable[] changes = {
            () -> journal.put("a", "1"),
            () -> journal.putAll(Map.of("b", "2", "c", "3", "d", "4")),
            () -> journal.putIfAbsent("e", "5"),
            () -> journal.computeIfAbsent("f", key -> "6"),
            () -> journal.computeIfPresent("f", (key, old) -> old + "!"),
            () -> journal.compute("g", (key, old) -> "7"),
            () -> journal.merge("g", "8", String::concat),
            () -> journal.replace("a", "replaced"),
            () -> journal.replace("a", "replaced", "again"),
            () -> journal.replaceAll((key, value) -> value + "?"),
            () -> journal.remove("b"),
            () -> journal.remove("c", "3?"),
            () -> journal.entrySet().iterator().next().setValue("set"),
            () -> removeFirst(journal.entrySet().iterator()),
            () -> journal.keySet().remove("e"),
            () -> journal.values().remove("6!?"),
            () -> journal.keySet().removeIf(key -> key.equals("g")),
            () -> journal.put("z", "1"),
            () -> journal.entrySet().remove(Map.entry("z", "1")),
            journal::clear
        };
        for (Runnable change : changes) {
            change.run();
            read();
            assertThat(items()).isEqualTo(new TreeMap<>(map));
        }
        long position = recorder.position();
        journal.remove("none");
        journal.replace("none", "1");
        journal.remove("none", "1");
        journal.computeIfAbsent("none", key -> null);
        assertThat(recorder.position()).as("nothing was changed").isEqualTo(position);
        assertThat(journal).isEqualTo(map).isEmpty();
    }

    private static void removeFirst(Iterator<?> iterator) {
        iterator.next();
        iterator.remove();
    }

    @Test
    void aChangeThatCannotBeEncodedIsMadeAndIsAGap() throws IOException {
        ConcurrentMap<String, String> map = new ConcurrentHashMap<>();
        ConcurrentMap<String, String> journal = recorder.journal("items", map, Codec.utf8(), Codec.utf8());
        try (ChangeReader reader = recorder.open(0)) {
            journal.put("a", "\ud800");
            assertThat(map).containsEntry("a", "\ud800");
            assertThatThrownBy(() -> reader.read(model, 1000))
                    .isInstanceOf(ChangeGapException.class)
                    .hasMessageContaining("items");
        }
    }

    @Test
    void aFunctionThatThrowsChangesNothing() throws IOException {
        ConcurrentMap<String, String> journal =
                recorder.journal("items", new ConcurrentHashMap<>(), Codec.utf8(), Codec.utf8());
        IllegalStateException failure = new IllegalStateException("no");
        assertThatThrownBy(() -> journal.compute("a", (key, old) -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(read()).isZero();
        journal.put("a", "1");
        assertThat(read()).isEqualTo(1);
    }

    @Test
    void aSnapshotWithinACommitHasNoPlaceInTheLogUntilItEnds() throws IOException {
        ConcurrentMap<String, String> map = new ConcurrentHashMap<>();
        MapDatabase database = MapDatabase.builder("orders")
                .set("items", map, Codec.utf8(), Codec.utf8())
                .changes(recorder)
                .build();
        try (ChangeRecorder.Commit commit = recorder.begin()) {
            map.put("a", "1");
            commit.put("items", bytes("a"), bytes("1"));
            try (DatabaseSnapshot snapshot = database.openSnapshot()) {
                assertThat(snapshot.changes()).isEmpty();
                commit.end();
                commit.close();
                assertThat(snapshot.changes()).contains(new ChangeLog.Span(0, 1));
            }
        }
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            assertThat(snapshot.changes()).contains(ChangeLog.Span.exact(1));
        }
    }

    @Test
    void aLiveScanSpansWhatIsWrittenWhileItIsRead() throws IOException {
        ConcurrentMap<String, String> map = new ConcurrentSkipListMap<>(Map.of("a", "1", "b", "2"));
        ConcurrentMap<String, String> journal = recorder.journal("items", map, Codec.utf8(), Codec.utf8());
        MapDatabase database = MapDatabase.builder("orders")
                .set("items", map, Codec.utf8(), Codec.utf8())
                .changes(recorder)
                .scanLive()
                .build();
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            snapshot.readEntries("items", KeyRange.all(), (key, value) -> journal.put("c", "3"));
            assertThat(snapshot.changes()).contains(new ChangeLog.Span(0, recorder.position()));
        }
    }
}
