package io.kvbackup.database.mvstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageDiffTest {
    @TempDir
    private Path folder;

    private MVStore open(boolean inFile) {
        MVStore store = MVStore.open(inFile ? folder.resolve("pages.mv").toString() : null);
        store.setVersionsToKeep(1000);
        return store;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void differencesMakeTheOldVersionTheNewOne(boolean inFile) throws IOException {
        long seed = System.nanoTime();
        System.out.println("differencesMakeTheOldVersionTheNewOne: seed " + seed);
        Random random = new Random(seed);
        try (MVStore store = open(inFile)) {
            MVMap<Integer, Integer> map = store.openMap("map");
            TreeMap<Integer, Integer> model = new TreeMap<>();
            Page<Integer, Integer> old = null;
            for (int i = 0; i < 40; i++) {
                // Now and then it grows or shrinks by levels.
                int size = random.nextInt(4) == 0 ? 20_000 : 50;
                boolean removes = random.nextBoolean();
                for (int j = random.nextInt(size); j > 0; j--) {
                    int key = random.nextInt(20_000);
                    if (removes && random.nextInt(4) > 0) {
                        map.remove(key);
                    } else {
                        map.put(key, random.nextInt(3));
                    }
                }
                map.put(20_000, i);
                Page<Integer, Integer> now = map.openVersion(store.commit() - 1).getRootPage();
                apply(map, old, now, model);
                old = now;
                assertThat(model).as("seed %d, step %d", seed, i).isEqualTo(new TreeMap<>(map));
            }
        }
    }

    private static int apply(
            MVMap<Integer, Integer> map,
            Page<Integer, Integer> old,
            Page<Integer, Integer> now,
            Map<Integer, Integer> model)
            throws IOException {
        AtomicInteger seen = new AtomicInteger();
        new PageDiff<>(map.getKeyType(), new PageDiff.Differences<Integer, Integer>() {
                    @Override
                    public void both(Integer oldKey, Integer oldValue, Integer newKey, Integer newValue) {
                        seen.incrementAndGet();
                        assertThat(model.put(newKey, newValue)).isEqualTo(oldValue);
                    }

                    @Override
                    public void onlyOld(Integer key) {
                        seen.incrementAndGet();
                        assertThat(model.remove(key)).isNotNull();
                    }

                    @Override
                    public void onlyNew(Integer key, Integer value) {
                        seen.incrementAndGet();
                        assertThat(model.put(key, value)).isNull();
                    }
                })
                .compare(old, now);
        return seen.get();
    }

    @Test
    void onlyPagesThatDifferAreRead() throws IOException {
        try (MVStore store = open(true)) {
            MVMap<Integer, Integer> map = store.openMap("map");
            TreeMap<Integer, Integer> model = new TreeMap<>();
            for (int i = 0; i < 200_000; i++) {
                map.put(i, 0);
                model.put(i, 0);
            }
            long before = store.commit();
            Page<Integer, Integer> old = map.openVersion(before - 1).getRootPage();
            for (int i = 0; i < 10; i++) {
                map.put(i * 17_000, 1);
            }
            Page<Integer, Integer> now = map.openVersion(store.commit() - 1).getRootPage();

            assertThat(apply(map, old, now, model)).isBetween(10, 20_000);
            assertThat(model).isEqualTo(new TreeMap<>(map));
        }
    }
}
