package io.kvbackup.database.mvstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.contract.AdversarialNames;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MapNamesTest {
    private static final long SEED = 12;

    private final MVMap.Builder<String, String> types = new MVMap.Builder<>();
    private final MVStore store = MVStore.open(null);

    @AfterEach
    void close() {
        store.closeImmediately();
    }

    @Test
    void t26_noMapIsStagedForTwoDatabases() {
        Map<String, List<String>> seen = new HashMap<>();
        List<List<String>> lists = AdversarialNames.lists(SEED, 3_000, 2);
        for (List<String> list : lists) {
            String staged = new MapNames(list.get(0)).staged(list.get(1));
            assertThat(seen.put(staged, list))
                    .as("seed %d: %s as well", SEED, list)
                    .isNull();
            assertThat(new MapNames(list.get(0)).isStaged(staged)).isTrue();
        }
        List<String> databases = AdversarialNames.of(SEED, 150);
        for (List<String> list : lists.subList(0, 300)) {
            String staged = new MapNames(list.get(0)).staged(list.get(1));
            assertThat(databases)
                    .as("seed %d: databases that take %s for theirs", SEED, staged)
                    .filteredOn(name -> !name.equals(list.get(0)) && new MapNames(name).isStaged(staged))
                    .isEmpty();
        }
    }

    @Test
    void plainNamesStayAsTheyAre() {
        MapNames names = new MapNames("my orders");
        assertThat(names.staged("items.2")).isEqualTo("kvbackup.staged:my orders:items.2");
        assertThat(names.plan()).isEqualTo("kvbackup.restore:my orders");
    }

    @Test
    void aRestoreThatWasDecidedBeforeNamesWereEscapedIsCompleted() throws Exception {
        for (List<String> names : List.of(List.of("a:b", "m"), List.of("a", "b:m"), List.of("a:b:c", "m:n"))) {
            String map = names.get(1);
            store.openMap(map, types).put("k", "old");
            store.openMap("kvbackup.staged:" + names.get(0) + ":" + map, types).put("k", "new");
            store.<String, String>openMap("kvbackup.restore:" + names.get(0))
                    .put("maps", HexFormat.of().formatHex(map.getBytes(UTF_8)));

            builder(names.get(0), map).build();

            assertThat(store.openMap(map, types)).as("%s", names).containsEntry("k", "new");
            assertThat(store.getMapNames()).as("%s", names).noneMatch(name -> name.startsWith("kvbackup"));
        }
    }

    @Test
    void aPlanOfNoMapsOfAnEarlierVersionIsInNobodysWay() throws Exception {
        store.openMap("m", types).put("k", "old");
        store.<String, String>openMap("kvbackup.restore:a").put("maps", "");

        builder("a", "m").build();

        assertThat(store.getMapNames()).containsExactly("m");
        assertThat(store.openMap("m", types)).containsEntry("k", "old");
    }

    @Test
    void aMapWhoseNameCannotBeWrittenDownIsRefused() {
        assertThatThrownBy(() -> builder("a", "m\ud800"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("choose another name");
    }

    private MvStoreDatabase.Builder builder(String database, String map) {
        return MvStoreDatabase.builder(database, store).set(map, types, Codec.utf8(), Codec.utf8());
    }
}
