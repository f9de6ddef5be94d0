package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;

/**
 * However the clocks of several processes stand, the latest backup is the one that was begun last, at one LIST each.
 */
class LatestByManyClocksTest {
    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    private final TestClock store = new TestClock(START);
    private final MemoryStorageClient storage = new MemoryStorageClient(store);
    private final List<String> steps = new ArrayList<>();

    /** A process whose clock is off by so much. */
    private final class Instance {
        private final TestClock clock;
        private final Map<String, ConcurrentMap<String, String>> live =
                Map.of("a", new ConcurrentHashMap<>(), "b", new ConcurrentHashMap<>());
        private BackupManager manager;

        Instance(Duration off) throws IOException {
            clock = new TestClock(START.plus(off));
            manager = open();
        }

        private BackupManager open() throws IOException {
            BackupManagerBuilder builder =
                    BackupManager.builder().storage(storage).clock(clock);
            live.forEach((name, map) -> builder.database(MapDatabase.builder(name)
                    .set("s", map, Codec.utf8(), Codec.utf8())
                    .build()));
            return builder.build();
        }

        void restart() throws IOException {
            manager.close();
            manager = open();
        }

        void backup(String database, int number) throws IOException {
            live.values().forEach(map -> map.put("number", String.valueOf(number)));
            if (database.isEmpty()) {
                manager.backupAllDatabases();
            } else {
                manager.backupDatabase(database);
            }
        }

        String latest(String database) throws IOException {
            live.get(database).clear();
            return manager.restoreLatest(database).isPresent()
                    ? live.get(database).get("number")
                    : "none";
        }
    }

    /** Behind by anything; ahead by what any library must bear with. */
    private static Duration off(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofMillis(random.nextInt(300_000));
            case 2 -> Duration.ofMillis(-random.nextInt(300_000));
            default -> Duration.ofDays(-random.nextInt(4_000));
        };
    }

    @Test
    void theLatestIsWhatWasBegunLast() throws IOException {
        long seed = Long.getLong("kvbackup.clocks.seed", new Random().nextLong());
        Random random = new Random(seed);
        List<Instance> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(new Instance(off(random)));
        }
        Map<String, String> expected = new TreeMap<>(Map.of("a", "none", "b", "none"));
        for (int step = 0; step < 60; step++) {
            Instance process = processes.get(random.nextInt(processes.size()));
            switch (random.nextInt(6)) {
                case 0 -> process.restart();
                case 1 -> process.clock.advanceSeconds(off(random).toSeconds() / 4_000);
                case 2 -> pass(processes, random.nextInt(100));
                default -> {
                    String database = List.of("a", "b", "").get(Math.min(2, random.nextInt(5) / 2));
                    process.backup(database, step);
                    String number = String.valueOf(step);
                    steps.add(processes.indexOf(process) + " '" + database + "' " + step);
                    expected.replaceAll((name, old) -> database.isEmpty() || database.equals(name) ? number : old);
                }
            }
            for (String database : List.of("a", "b")) {
                assertThat(processes.get(random.nextInt(4)).latest(database))
                        .as("seed %d, database %s after %s", seed, database, steps)
                        .isEqualTo(expected.get(database));
            }
        }
    }

    private void pass(List<Instance> processes, int seconds) {
        store.advanceSeconds(seconds);
        processes.forEach(process -> process.clock.advanceSeconds(seconds));
    }
}
