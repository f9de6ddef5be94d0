package io.kvbackup.repository.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.KeyRange;
import io.kvbackup.repository.ReadScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last changes of keys, in memory and in many files, against a model. */
class LogChangesTest {
    private static final List<String> SETS = List.of("a", "b");

    @TempDir
    Path folder;

    private final NavigableMap<String, NavigableMap<String, String>> base = new TreeMap<>();
    private final NavigableMap<String, NavigableMap<String, String>> model = new TreeMap<>();

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String key(Random random, int keys) {
        return String.format("k%04d", random.nextInt(keys));
    }

    private void begin(Random random, int keys) {
        for (String set : SETS) {
            NavigableMap<String, String> entries = new TreeMap<>();
            for (int i = 0; i < keys / 2; i++) {
                entries.put(key(random, keys), "base");
            }
            base.put(set, entries);
            model.put(set, new TreeMap<>(entries));
        }
    }

    private void change(Random random, int keys, int step, LogChanges to) throws IOException {
        String set = SETS.get(random.nextInt(2));
        NavigableMap<String, String> entries = model.get(set);
        String key = key(random, keys);
        switch (random.nextInt(40)) {
            case 0, 1, 2, 3 -> {
                entries.remove(key);
                to.delete(set, bytes(key));
            }
            case 4 -> {
                String other = String.format("k%04d", Integer.parseInt(key.substring(1)) + random.nextInt(30));
                entries.subMap(key, true, other, false).clear();
                to.deleteRange(set, new KeyRange(bytes(key), bytes(other)));
            }
            case 5 -> {
                if (random.nextInt(20) == 0) {
                    entries.tailMap(key, true).clear();
                    to.deleteRange(set, new KeyRange(bytes(key), null));
                }
            }
            default -> {
                entries.put(key, "v" + step);
                to.put(set, bytes(key), bytes("v" + step));
            }
        }
    }

    /** What the base is with the changes laid over it. */
    private NavigableMap<String, String> laidOver(String set, LogChanges changes) throws IOException {
        NavigableMap<String, String> result = new TreeMap<>(base.get(set));
        result.keySet().removeIf(key -> changes.isGone(set, bytes(key)));
        String former = "";
        try (ChangeCursor cursor = changes.open(set)) {
            while (cursor.next()) {
                String key = new String(cursor.key(), UTF_8);
                assertThat(key).isGreaterThan(former);
                former = key;
                if (cursor.value() == null) {
                    result.remove(key);
                } else {
                    result.put(key, new String(cursor.value(), UTF_8));
                }
            }
        }
        return result;
    }

    /** Files of one level become one of the next at 32, so that there are three levels in the end. */
    @Test
    void theLastChangeCountsWhereverItIs() throws Exception {
        for (long seed = 0; seed < 4; seed++) {
            System.out.println("seed " + seed);
            Random random = new Random(seed);
            int keys = seed % 2 == 0 ? 100 : 2_000;
            begin(random, keys);
            try (LogChanges changes = new LogChanges(folder, "db", ReadScope.EVERYTHING, 1_500)) {
                int steps = 15_000 + random.nextInt(3_000);
                for (int i = 0; i < steps; i++) {
                    change(random, keys, i, changes);
                }
                for (String set : SETS) {
                    assertThat(laidOver(set, changes)).as(set).isEqualTo(model.get(set));
                }
                assertThat(changes.sets()).containsExactlyElementsOf(SETS);
                assertThat(files()).as("files are merged").hasSizeBetween(2, 70);
            }
            assertThat(files()).isEmpty();
        }
    }

    private List<Path> files() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(each -> each.getFileName().toString().startsWith("run")).forEach(found::add);
        }
        return found;
    }

    @Test
    void whatFitsIntoMemoryTouchesNoDisk() throws Exception {
        Random random = new Random(5);
        begin(random, 100);
        try (LogChanges changes = new LogChanges(folder, "db", ReadScope.EVERYTHING, LogChanges.MEMORY_BYTES)) {
            for (int i = 0; i < 5_000; i++) {
                change(random, 100, i, changes);
            }
            for (String set : SETS) {
                assertThat(laidOver(set, changes)).isEqualTo(model.get(set));
            }
        }
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).isEmpty();
        }
    }

    @Test
    void whatIsNotInScopeIsNotKept() throws Exception {
        ReadScope scope = new ReadScope(Set.of("a"), KeyRange.startingWith(bytes("x")));
        try (LogChanges changes = new LogChanges(folder, "db", scope, 1_000)) {
            changes.put("a", bytes("x1"), bytes("1"));
            changes.put("a", bytes("y1"), bytes("1"));
            changes.put("b", bytes("x1"), bytes("1"));
            assertThat(changes.sets()).containsExactly("a");
            try (ChangeCursor cursor = changes.open("a")) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.key()).isEqualTo(bytes("x1"));
                assertThat(cursor.next()).isFalse();
            }
        }
    }
}
