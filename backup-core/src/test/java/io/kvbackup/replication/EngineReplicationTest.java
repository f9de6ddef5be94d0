package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.RestoreOptions;
import io.kvbackup.RestoreTarget;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.storage.MemoryStorageClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Databases of engines with a log of their own are replicated by a manager, while the host commits: what was confirmed
 * is restored exactly, into the same engine and into another one, and nothing in between shows a part of a commit.
 */
class EngineReplicationTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void whatWasConfirmedIsRestored(LoggedEngine.Kind kind) throws Exception {
        run(kind, new SecureRandom().nextLong(), 12);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("soak")
    void longerHistories(LoggedEngine.Kind kind) throws Exception {
        run(kind, new SecureRandom().nextLong(), 30);
    }

    @Test
    void aSilentIngestionEndsInANewBase() throws Exception {
        try (Host host = new Host(LoggedEngine.Kind.ROCKSDB, folder, new Random(1))) {
            host.commit(List.of(new LoggedEngine.Change("items", "a", null, "1")));
            host.confirm();
            LoggedEngine.OfRocksDb rocks = (LoggedEngine.OfRocksDb) host.engine();
            long before = rocks.sequence();
            rocks.ingest(folder, "notes", "ingested", "x");
            assertThat(rocks.sequence()).as("the ingestion is silent").isEqualTo(before);
            host.ingested(new LoggedEngine.Change("notes", "ingested", null, "x"));
            host.commit(List.of(new LoggedEngine.Change("items", "b", null, "2")));
            host.confirm();
            host.commit(List.of(new LoggedEngine.Change("notes", "ingested", null, "y")));
            host.confirm();

            assertThat(host.windows()).extracting(RestoreWindow::timeline).hasSizeGreaterThan(1);
            host.checkEachMoment();
        }
    }

    private void run(LoggedEngine.Kind kind, long seed, int steps) throws Exception {
        System.out.println(kind + " seed " + seed);
        Random random = new Random(seed);
        try (Host host = new Host(kind, folder, random)) {
            host.work(steps);
            host.checkEachMoment();
            host.checkPositions();
            host.restart();
            host.work(steps);
            host.checkEachMoment();
            host.checkPositions();
            host.restoreInPlace();
            host.work(steps);
            host.checkEachMoment();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(kind + " seed " + seed, e);
        }
    }

    /**
     * What a host had when a sync returned.
     *
     * @param states how many states it had had
     */
    private record Moment(String timeline, Instant time, long position, int run, int states) {}

    /** A host of a database, an empty copy of it, and the manager; with a model of what it has. */
    private static final class Host implements AutoCloseable {
        private final MemoryStorageClient store = new MemoryStorageClient();
        private final LoggedEngine.Kind kind;
        private final Path folder;
        private final Random random;
        private final List<Map<String, NavigableMap<String, String>>> states = new ArrayList<>();
        private final List<Moment> moments = new ArrayList<>();
        private Map<String, NavigableMap<String, String>> live = empty();
        private int run;
        /** Whether something has happened that the log does not show. */
        private boolean gap;

        private LoggedEngine engine;
        private LoggedEngine copy;
        private BackupManager manager;

        Host(LoggedEngine.Kind kind, Path folder, Random random) throws Exception {
            this.kind = kind;
            this.folder = folder;
            this.random = random;
            open();
            commit(List.of(new LoggedEngine.Change("items", "before", null, "the start")));
            replication().start();
        }

        private static Map<String, NavigableMap<String, String>> empty() {
            Map<String, NavigableMap<String, String>> sets = new TreeMap<>();
            LoggedEngine.SETS.forEach(set -> sets.put(set, new TreeMap<>()));
            return sets;
        }

        private void open() throws Exception {
            engine = kind.open(folder, "orders");
            copy = kind.open(folder, "copy");
            manager = builder()
                    .database(engine.database())
                    .database(copy.database())
                    .replication(
                            "orders",
                            ReplicationOptions.builder()
                                    .syncInterval(Duration.ofMillis(100))
                                    .build())
                    .build();
        }

        private BackupManagerBuilder builder() throws Exception {
            return BackupManager.builder()
                    .storage(store)
                    .temporaryDirectory(Files.createDirectories(folder.resolve("temporary")));
        }

        LoggedEngine engine() {
            return engine;
        }

        private Replication replication() {
            return manager.replication("orders");
        }

        List<RestoreWindow> windows() throws Exception {
            return replication().restorable();
        }

        /** Commits, some of which are confirmed; the last one is. */
        void work(int steps) throws Exception {
            for (int i = 0; i < steps; i++) {
                List<LoggedEngine.Change> changes = new ArrayList<>();
                for (int many = 1 + random.nextInt(6); many > 0; many--) {
                    changes.add(change());
                }
                commit(changes);
                if (random.nextInt(3) == 0) {
                    confirm();
                }
            }
            confirm();
        }

        private LoggedEngine.Change change() {
            String set = LoggedEngine.SETS.get(random.nextInt(2));
            int key = 100 + random.nextInt(60);
            return switch (random.nextInt(8)) {
                case 0 -> new LoggedEngine.Change(set, "k" + key, null, null);
                case 1 -> new LoggedEngine.Change(set, "k" + key, "k" + (key + 1 + random.nextInt(9)), null);
                case 2 -> new LoggedEngine.Change(set, "k" + key, null, "long ".repeat(random.nextInt(4000)));
                default -> new LoggedEngine.Change(set, "k" + key, null, "v" + random.nextInt(1_000_000));
            };
        }

        void commit(List<LoggedEngine.Change> changes) throws Exception {
            engine.commit(changes);
            for (LoggedEngine.Change change : changes) {
                change.applyTo(live.get(change.set()));
            }
            remember();
        }

        void ingested(LoggedEngine.Change change) {
            gap = true;
            change.applyTo(live.get(change.set()));
            remember();
        }

        private void remember() {
            states.add(copyOf(live));
        }

        private static Map<String, NavigableMap<String, String>> copyOf(
                Map<String, NavigableMap<String, String>> sets) {
            Map<String, NavigableMap<String, String>> copied = new TreeMap<>();
            sets.forEach((set, entries) -> copied.put(set, new TreeMap<>(entries)));
            return copied;
        }

        void confirm() throws Exception {
            replication().sync();
            List<RestoreWindow> windows = windows();
            RestoreWindow last = windows.get(windows.size() - 1);
            moments.add(new Moment(last.timeline(), last.toTime(), last.toPosition(), run, states.size()));
        }

        /** The process ends well, and the next one opens the same files. */
        void restart() throws Exception {
            replication().stop();
            manager.close();
            engine.close();
            copy.close();
            open();
            run++;
            assertThat(read(engine)).isEqualTo(live);
            replication().start();
        }

        /** The host goes back to a moment, and its replication goes on from there. */
        void restoreInPlace() throws Exception {
            Moment moment = moments.get(random.nextInt(moments.size()));
            manager.restoreLatest(
                    "orders", options(RestoreTarget.timestamp(offered(moment))).build());
            live = copyOf(states.get(moment.states() - 1));
            assertThat(read(engine)).as("in place, at " + moment).isEqualTo(live);
            assertThat(replication().state()).isNotEqualTo(Replication.State.STOPPED);
            run++;
            remember();
        }

        void checkEachMoment() throws Exception {
            check(RestoreTarget.latest(), moments.get(moments.size() - 1));
            for (int i = 0; i < moments.size(); i++) {
                Moment moment = moments.get(i);
                check(RestoreTarget.timestamp(offered(moment)), moment);
                if (i > 0
                        && moments.get(i - 1).timeline().equals(moment.timeline())
                        && moments.get(i - 1).run() == moment.run()) {
                    checkBetween(moments.get(i - 1), moment);
                }
            }
            Moment any = moments.get(random.nextInt(moments.size()));
            checkOtherEngine(RestoreTarget.timestamp(offered(any)), any);
        }

        /**
         * A time of that moment: of a timeline that a gap has ended, the quiet time after its last commit may not be
         * offered any more.
         */
        private Instant offered(Moment moment) throws Exception {
            if (!gap) {
                return moment.time();
            }
            Instant last = windows().stream()
                    .filter(each -> each.timeline().equals(moment.timeline()))
                    .map(RestoreWindow::toTime)
                    .max(Instant::compareTo)
                    .orElse(moment.time());
            return last.isBefore(moment.time()) ? last : moment.time();
        }

        void checkPositions() throws Exception {
            for (Moment moment : moments) {
                check(RestoreTarget.position(moment.position()), moment);
            }
        }

        private void check(RestoreTarget target, Moment moment) throws Exception {
            assertThat(restore(target)).as(target + " of " + moment).isEqualTo(states.get(moment.states() - 1));
        }

        private void checkBetween(Moment from, Moment to) throws Exception {
            long first = offered(from).toEpochMilli();
            long millis = first + random.nextLong(offered(to).toEpochMilli() - first + 1);
            RestoreTarget target = RestoreTarget.timestamp(Instant.ofEpochMilli(millis));
            assertThat(states.subList(from.states() - 1, to.states()))
                    .as(target + " between " + from + " and " + to)
                    .contains(restore(target));
        }

        private Map<String, NavigableMap<String, String>> restore(RestoreTarget target) throws Exception {
            manager.restoreLatest("orders", options(target).as("copy").build());
            return read(copy);
        }

        /** Another process, whose database of the same name is made of maps. */
        private void checkOtherEngine(RestoreTarget target, Moment moment) throws Exception {
            Map<String, NavigableMap<String, String>> maps = new TreeMap<>();
            MapDatabase.Builder other = MapDatabase.builder("orders");
            for (String set : LoggedEngine.SETS) {
                ConcurrentSkipListMap<String, String> map = new ConcurrentSkipListMap<>(Map.of("k0", "not restored"));
                maps.put(set, map);
                other.set(set, map, Codec.utf8(), Codec.utf8());
            }
            try (BackupManager reader = builder().database(other.build()).build()) {
                reader.restoreLatest("orders", options(target).build());
            }
            assertThat(maps).as("in maps, " + target).isEqualTo(states.get(moment.states() - 1));
        }

        private static RestoreOptions.Builder options(RestoreTarget target) {
            return RestoreOptions.builder().target(target);
        }

        private static Map<String, NavigableMap<String, String>> read(LoggedEngine engine) throws Exception {
            Map<String, NavigableMap<String, String>> sets = new TreeMap<>();
            for (String set : LoggedEngine.SETS) {
                sets.put(set, engine.read(set));
            }
            return sets;
        }

        @Override
        public void close() throws Exception {
            manager.close();
            engine.close();
            copy.close();
        }
    }
}
