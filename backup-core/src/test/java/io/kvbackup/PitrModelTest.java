package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.log.LogPlanner;
import io.kvbackup.repository.log.LogWindow;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories with merges, restarts that resume or begin anew, crashes, restores that fork: every moment that is
 * offered restores exactly, at each of its milliseconds, and every commit that was shipped after a base is offered.
 */
class PitrModelTest {
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final LogHost.Millis clock = new LogHost.Millis();
    private final MemoryStorageClient storage = new MemoryStorageClient(clock);

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        executor.shutdown();
    }

    @Test
    void everyMomentThatIsOfferedRestores() throws Exception {
        run(new SecureRandom().nextLong(), 2, 120);
    }

    @Test
    @Tag("soak")
    void manyHistories() throws Exception {
        run(new SecureRandom().nextLong(), 200, 300);
    }

    private void run(long first, int rounds, int steps) throws Exception {
        for (long seed = first; seed < first + rounds; seed++) {
            System.out.println("seed " + seed);
            try {
                new Round(new Random(seed)).run(steps);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            for (var each : storage.list("").toList()) {
                storage.delete(List.of(each.key()));
            }
        }
    }

    private final class Round {
        private final Random random;
        private final Optional<EncryptionKeys> keys;
        private final LogHost host;
        private final Map<String, NavigableMap<String, String>> restored = LogHost.empty();
        /** Commits that were offered once. */
        private final List<Long> promised = new ArrayList<>();

        private int histories;

        Round(Random random) {
            this.random = random;
            keys = random.nextBoolean() ? Optional.of(EncryptionKeys.ofRaw("k", new byte[32])) : Optional.empty();
            host = new LogHost(storage, folder, keys, executor, clock);
        }

        void run(int steps) throws Exception {
            host.begin("h" + histories++, null);
            for (int i = 0; i < steps; i++) {
                host.clock.now += random.nextInt(4);
                step(random.nextInt(100));
            }
            base();
            commit();
            host.ship();
            checkAll();
            for (long millis : promised) {
                check(millis);
            }
            assertThat(windows())
                    .as("all that is shipped after a base can be restored")
                    .anyMatch(each -> each.timeline().equals(host.timeline) && each.toPosition() == host.position);
            for (Map.Entry<Long, Map<String, NavigableMap<String, String>>> each : host.positions.entrySet()) {
                if (windows().stream().anyMatch(w -> holds(w, each.getKey())) && random.nextInt(4) == 0) {
                    restore(RestoreTarget.position(each.getKey()));
                    assertThat(restored).as("at position " + each.getKey()).isEqualTo(each.getValue());
                }
            }
            restore(RestoreTarget.latest());
            assertThat(restored).isEqualTo(host.live);
        }

        /** Positions of this history alone: those of others are others. */
        private boolean holds(LogWindow window, long position) {
            return window.timeline().equals(host.timeline)
                    && window.fromPosition() <= position
                    && position <= window.toPosition();
        }

        private void step(int choice) throws Exception {
            if (choice < 60) {
                commit();
            } else if (choice < 80) {
                host.ship();
            } else if (choice < 86) {
                base();
            } else if (choice < 92 && host.shipped.size() > 2) {
                int from = random.nextInt(host.shipped.size() - 1);
                int to = from + 2 + random.nextInt(host.shipped.size() - from - 1);
                host.merge(from, to, random.nextBoolean());
            } else if (choice < 94) {
                resume();
            } else if (choice < 96) {
                crash();
            } else if (choice < 97) {
                fork();
            } else if (choice < 99) {
                prune();
            } else {
                checkAll();
            }
        }

        private void commit() throws IOException {
            for (int ops = 1 + random.nextInt(4); ops > 0; ops--) {
                String set = LogHost.SETS.get(random.nextInt(2));
                String key = key();
                switch (random.nextInt(8)) {
                    case 0 -> host.delete(set, key);
                    case 1 -> {
                        String other = key();
                        boolean ascends = key.compareTo(other) <= 0;
                        host.deleteRange(
                                set, ascends ? key : other, random.nextInt(4) == 0 ? null : ascends ? other : key);
                    }
                    default -> host.put(set, key, "v" + random.nextInt(1_000_000));
                }
            }
            host.commit();
        }

        private String key() {
            return "k" + (10 + random.nextInt(30));
        }

        private void base() throws IOException {
            if (random.nextBoolean()) {
                host.meanwhile = () -> {
                    try {
                        commit();
                        if (random.nextBoolean()) {
                            host.ship();
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
            }
            host.base();
            host.meanwhile = () -> {};
        }

        /** The process ends well, and the next one goes on with the same log. */
        private void resume() throws IOException {
            host.ship();
            host.begin(history(), new TimelineRecord.Parent(host.timeline, host.position, host.syncedThrough));
        }

        private String history() {
            return "h" + (histories - 1);
        }

        /** What was not shipped is in no log; the next one begins a history. */
        private void crash() throws IOException {
            host.crash();
            host.clock.now += 5;
            host.begin(
                    "h" + histories++,
                    random.nextBoolean()
                            ? null
                            : new TimelineRecord.Parent(host.timeline, host.shippedTo, host.syncedThrough));
            base();
        }

        /** The database is restored to an earlier moment, and goes on from there. */
        private void fork() throws Exception {
            List<LogWindow> windows = windows();
            if (windows.isEmpty()) {
                return;
            }
            host.ship();
            LogWindow window = windows.get(random.nextInt(windows.size()));
            long millis = window.fromTime().toEpochMilli()
                    + random.nextInt((int) (window.toTime().toEpochMilli()
                                    - window.fromTime().toEpochMilli())
                            + 1);
            restore(RestoreTarget.timestamp(Instant.ofEpochMilli(millis)));
            host.live.forEach((set, entries) -> {
                entries.clear();
                entries.putAll(restored.get(set));
            });
            host.clock.now += 5;
            host.position = 5_000L + random.nextInt(100);
            host.begin("h" + histories++, new TimelineRecord.Parent(window.timeline(), window.fromPosition()));
            host.states.put(host.clock.now, new TreeMap<>(copyOf(restored)));
            host.base();
        }

        private Map<String, NavigableMap<String, String>> copyOf(Map<String, NavigableMap<String, String>> sets) {
            Map<String, NavigableMap<String, String>> copy = new TreeMap<>();
            sets.forEach((set, entries) -> copy.put(set, new TreeMap<>(entries)));
            return copy;
        }

        /** Forgets what is older than some milliseconds; the grace period is one. */
        private void prune() throws IOException {
            long keep = 20L + random.nextInt(60);
            try (BackupManager manager = manager()) {
                manager.planPrune(RetentionPolicy.builder()
                                .keepLast(1)
                                .keepLog(Duration.ofMillis(keep))
                                .build())
                        .execute();
            }
            long kept = host.clock.now - keep;
            promised.removeIf(millis -> millis < kept);
            host.pruned();
        }

        private List<LogWindow> windows() throws IOException {
            BackupKeys backupKeys =
                    keys.map(each -> BackupKeys.of(each, new SecureRandom())).orElse(BackupKeys.none());
            LeaseStore leases =
                    new LeaseStore(storage, new LeaseTime(host.clock, System::nanoTime, millis -> {}), random);
            return new LogPlanner(storage, new BackupCatalog(storage, backupKeys), backupKeys, leases)
                    .windows(LogHost.NAME);
        }

        private BackupManager manager() throws IOException {
            BackupManagerBuilder builder = BackupManager.builder()
                    .storage(storage)
                    .clock(host.clock)
                    .gracePeriod(Duration.ofMillis(1))
                    .database(MapDatabase.builder(LogHost.NAME)
                            .set("first", restored.get("first"), Codec.utf8(), Codec.utf8())
                            .set("second", restored.get("second"), Codec.utf8(), Codec.utf8())
                            .build());
            keys.ifPresent(builder::encryption);
            return builder.build();
        }

        private void restore(RestoreTarget target) throws IOException {
            try (BackupManager manager = manager()) {
                manager.restoreLatest(
                        LogHost.NAME, RestoreOptions.builder().target(target).build());
            }
        }

        private void checkAll() throws Exception {
            List<LogWindow> windows = windows();
            for (LogWindow window : windows) {
                long from = window.fromTime().toEpochMilli();
                long to = window.toTime().toEpochMilli();
                check(from);
                check(to);
                for (int i = 0; i < 4; i++) {
                    check(from + random.nextInt((int) (to - from) + 1));
                }
                NavigableMap<Long, ?> inside = host.states.subMap(from, true, to, true);
                for (long commit : inside.keySet()) {
                    if (random.nextInt(10) == 0) {
                        check(commit);
                        promised.add(commit);
                        if (commit > from) {
                            check(commit - 1);
                        }
                    }
                }
            }
            if (!windows.isEmpty()) {
                refuse(windows.get(0).fromTime().toEpochMilli() - 1);
                refuse(windows.stream()
                                .mapToLong(each -> each.toTime().toEpochMilli())
                                .max()
                                .getAsLong()
                        + 1);
            }
        }

        private void check(long millis) throws IOException {
            restore(RestoreTarget.timestamp(Instant.ofEpochMilli(millis)));
            Map.Entry<Long, Map<String, NavigableMap<String, String>>> expected = host.states.floorEntry(millis);
            assertThat(restored).as("at " + millis).isEqualTo(expected == null ? LogHost.empty() : expected.getValue());
        }

        private void refuse(long millis) {
            assertThatThrownBy(() -> restore(RestoreTarget.timestamp(Instant.ofEpochMilli(millis))))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("cannot be restored");
        }
    }
}
