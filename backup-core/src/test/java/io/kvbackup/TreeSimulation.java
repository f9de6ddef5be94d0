package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.SteppedStorageClient;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * Hosts that take incremental backups, prune, copy, verify, convert, restore and crash on one store, which fails now
 * and then. Between any two requests of one host another may do a whole piece of work. Everything runs on one thread,
 * time passes as the seed wants, so one seed is one schedule. A model knows what each backup holds. Used by one thread.
 */
final class TreeSimulation implements AutoCloseable {
    private static final Duration GRACE = Duration.ofHours(24);
    private static final int KEYS = 400;
    private static final List<VerifyLevel> LEVELS = List.of(VerifyLevel.LISTED, VerifyLevel.STORED, VerifyLevel.DIGEST);

    private final Random random;
    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final MemoryStorageClient store = new MemoryStorageClient(clock);
    private final MemoryStorageClient copies = new MemoryStorageClient(clock);
    private final Path temporary;
    private final ConcurrentMap<String, String> data = new ConcurrentSkipListMap<>();
    private final List<Host> hosts = new ArrayList<>();
    /** What backups hold that somebody was told of, or was listed. */
    private final Map<String, Map<String, String>> backups = new HashMap<>();
    /** What a backup may hold of which nobody was told, since its host has died or was told of a failure. */
    private final List<Map<String, String>> untold = new ArrayList<>();
    /** Backups that somebody has deleted. */
    private final Set<String> deleted = new HashSet<>();
    /** Backups that lack a pack which somebody has deleted. */
    private final Set<String> damaged = new HashSet<>();

    private final List<String> log = new ArrayList<>();
    private final int last;
    private final RetentionPolicy policy;
    private int depth;
    private int sinceDamage;

    /** A host is dead. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private final class Host {
        private final int number;
        private BackupManager manager;
        /** Until it dies. */
        private int requestsLeft = Integer.MAX_VALUE;

        private boolean dead;
        private double failures;

        Host(int number) throws IOException {
            this.number = number;
            start();
        }

        void start() throws IOException {
            requestsLeft = Integer.MAX_VALUE;
            dead = false;
            failures = 0;
            manager = BackupManager.builder()
                    .storage(new SteppedStorageClient(store, this::before, this::after))
                    .clock(clock)
                    .time(() -> Duration.between(Instant.EPOCH, clock.instant()).toNanos(), TreeSimulation.this::pass)
                    .executor(Runnable::run)
                    .retryPolicy(RetryPolicy.defaults()
                            .withDelays(Duration.ofNanos(1), Duration.ofNanos(1), 0)
                            .withAttempts(3))
                    .gracePeriod(GRACE)
                    .kind(BackupKind.INCREMENTAL)
                    .chunkSize(1024)
                    .temporaryDirectory(temporary)
                    .database(MapDatabase.builder("orders")
                            .set("notes", data, Codec.utf8(), Codec.utf8())
                            .build())
                    .build();
        }

        private void before() throws IOException {
            if (dead) {
                throw new Death();
            }
            if (depth == 1 && random.nextInt(25) == 0) {
                aside(hosts.get(random.nextInt(hosts.size())));
            }
            fail();
            if (--requestsLeft == 0) {
                dead = true;
                if (random.nextBoolean()) {
                    throw new Death();
                }
            }
        }

        /** Another host works while this one's request is on its way. */
        private void aside(Host other) throws IOException {
            if (other != this && !other.dead) {
                other.act();
            }
        }

        private void after() throws IOException {
            if (dead) {
                throw new Death();
            }
            fail();
        }

        private void fail() throws IOException {
            if (random.nextDouble() < failures) {
                throw new IOException("the store fails on purpose");
            }
        }

        void act() throws IOException {
            depth++;
            String what = "host " + number + ", depth " + depth + ": ";
            int from = log.size();
            boolean quiet = sinceDamage++ < 1;
            if (depth == 1 && !quiet) {
                requestsLeft = random.nextInt(4) == 0 ? 1 + random.nextInt(30) : Integer.MAX_VALUE;
                failures = random.nextInt(4) == 0 ? 0.05 : 0;
            }
            try {
                what += work();
                log.add(from, what);
            } catch (IOException e) {
                log.add(from, what + " failed: " + e);
            } catch (Death e) {
                log.add(from, what + " died");
            } finally {
                failures = 0;
                requestsLeft = Integer.MAX_VALUE;
                depth--;
            }
            if (dead && depth == 0) {
                start();
            }
        }

        private String work() throws IOException {
            int kind = random.nextInt(20);
            if (kind < 9) {
                return backup();
            }
            List<Backup> listed = manager.listBackups();
            if (kind < 13 || listed.isEmpty()) {
                Set<String> before = new HashSet<>(backups.keySet());
                manager.planPrune(policy).execute();
                return "prune of " + before.size();
            }
            Backup any = listed.get(random.nextInt(listed.size()));
            String name = any.objectName();
            switch (kind) {
                case 13, 14 -> {
                    manager.copyBackup(name, copies);
                    return "copy " + name;
                }
                case 15 -> {
                    manager.verify(name, LEVELS.get(random.nextInt(LEVELS.size())));
                    return "verify " + name;
                }
                case 16 -> {
                    deleted.add(name);
                    manager.deleteBackup(name);
                    return "delete " + name;
                }
                case 17 -> {
                    Backup twin = manager.convert(
                            name, any.kind() == BackupKind.FULL ? BackupKind.INCREMENTAL : BackupKind.FULL);
                    return "convert " + name + " to " + twin.objectName();
                }
                default -> {
                    requireContent(manager, name);
                    return "read " + name;
                }
            }
        }

        private String backup() throws IOException {
            Map<String, String> content = Map.copyOf(data);
            untold.add(content);
            Backup backup = manager.backupDatabase("orders");
            untold.remove(content);
            backups.put(backup.objectName(), content);
            return "backup " + backup.objectName();
        }
    }

    TreeSimulation(long seed, Path temporary) throws IOException {
        random = new Random(seed);
        this.temporary = temporary;
        last = 2 + random.nextInt(3);
        policy = RetentionPolicy.builder().keepLast(last).build();
        for (int i = 0; i < KEYS; i++) {
            data.put(key(i), "first value of " + i);
        }
        for (int i = 0; i < 2 + random.nextInt(2); i++) {
            hosts.add(new Host(i));
        }
    }

    private static String key(int number) {
        return String.format("note:%06d", number);
    }

    private void pass(Duration time) {
        clock.advance(time);
    }

    void run(int steps) throws IOException {
        for (int step = 0; step < steps; step++) {
            change();
            clock.advance(Duration.ofMinutes(1 + random.nextInt(random.nextInt(5) == 0 ? 3_000 : 120)));
            if (random.nextInt(15) == 0) {
                losePack();
            }
            hosts.get(random.nextInt(hosts.size())).act();
            look(1);
        }
        look(Integer.MAX_VALUE);
        finish();
    }

    private void change() {
        int from = random.nextInt(KEYS);
        for (int i = random.nextInt(4); i > 0; i--) {
            data.put(key(random.nextInt(KEYS)), "value " + random.nextInt());
        }
        switch (random.nextInt(4)) {
            case 0 -> data.remove(key(from));
            case 1 -> {
                for (int i = from; i < from + 20; i++) {
                    data.put(key(i), "another value " + random.nextInt());
                }
            }
            default -> {}
        }
    }

    private void losePack() throws IOException {
        List<String> packs = packs();
        if (packs.isEmpty()) {
            return;
        }
        String lost = packs.get(random.nextInt(packs.size()));
        log.add("somebody deletes " + lost);
        // Whoever knew of backups must not count on any that may need it.
        damaged.addAll(backups.keySet());
        try (BackupManager looking = reader(store)) {
            looking.listBackups().forEach(each -> damaged.add(each.objectName()));
        }
        store.delete(List.of(lost));
        sinceDamage = 0;
    }

    private List<String> packs() throws IOException {
        try (var objects = store.list("packs/")) {
            return objects.map(StorageObject::key)
                    .filter(key -> key.endsWith(".pack"))
                    .toList();
        }
    }

    private BackupManager reader(MemoryStorageClient of) throws IOException {
        return BackupManager.builder()
                .storage(of)
                .clock(clock)
                .executor(Runnable::run)
                .temporaryDirectory(temporary)
                .database(MapDatabase.builder("orders")
                        .set("notes", new ConcurrentSkipListMap<>(), Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    /** The newest backups are there as the model has them; those that nobody was told of hold what they may. */
    private void look(int most) throws IOException {
        try (BackupManager looking = reader(store)) {
            List<Backup> listed =
                    looking.listBackups().stream().filter(Backup::hasManifest).toList();
            Set<String> names = new HashSet<>();
            listed.forEach(each -> names.add(each.objectName()));
            for (int i = 0; i < Math.min(most, listed.size()); i++) {
                requireContent(looking, listed.get(i).objectName());
            }
            for (String name : backups.keySet()) {
                if (!names.contains(name) && !deleted.contains(name)) {
                    long newer = Stream.concat(names.stream(), deleted.stream())
                            .filter(other -> other.compareTo(name) > 0)
                            .count();
                    assertThat(newer)
                            .as("only so many newer than %s, which is gone", name)
                            .isGreaterThanOrEqualTo(last);
                }
            }
        }
    }

    private void requireContent(BackupManager by, String name) throws IOException {
        if (damaged.contains(name)) {
            return;
        }
        Map<String, String> found = new HashMap<>();
        try {
            by.readEntries(
                    name,
                    "orders",
                    "notes",
                    KeyRange.all(),
                    (key, value) -> found.put(new String(key, UTF_8), new String(value, UTF_8)));
        } catch (java.nio.file.NoSuchFileException e) {
            // Removed since it was listed.
            return;
        }
        String stamp = name.substring(0, name.indexOf('Z') + 1);
        Map<String, String> expected = backups.entrySet().stream()
                .filter(each -> each.getKey().startsWith(stamp))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
        if (expected == null) {
            assertThat(untold).as("what may be in %s", name).contains(found);
            backups.put(name, found);
        } else {
            assertThat(found).as(name).isEqualTo(expected);
        }
    }

    /** When all is calm again, a backup is whole, and after two more prunes nothing is left that nobody needs. */
    private void finish() throws IOException {
        Host host = hosts.get(0);
        Backup whole = host.manager.backupDatabase("orders");
        backups.put(whole.objectName(), Map.copyOf(data));
        requireContent(host.manager, whole.objectName());
        host.manager.verify(whole.objectName(), VerifyLevel.DIGEST);
        try (BackupManager looking = reader(copies)) {
            for (Backup copy : looking.listBackups()) {
                if (copy.hasManifest()) {
                    requireContent(looking, copy.objectName());
                }
            }
        }
        for (int i = 0; i < 4; i++) {
            clock.advance(GRACE.plusHours(1));
            host.manager.planPrune(policy).execute();
        }
        Set<String> kept = new HashSet<>();
        host.manager.listBackups().forEach(backup -> kept.add(backup.objectName()));
        assertThat(kept).contains(whole.objectName());
        // One that a verification has found damaged stays, and does not count.
        kept.removeAll(damaged);
        assertThat(kept).as("%s are kept", last).hasSizeLessThanOrEqualTo(last);
        look(Integer.MAX_VALUE);
        try (var objects = store.list("packs/")) {
            assertThat(objects.map(StorageObject::key)).noneMatch(key -> key.contains(".removed."));
        }
    }

    /** What was done, for messages. */
    String log() {
        return String.join("\n  ", log);
    }

    @Override
    public void close() throws IOException {
        for (Host host : hosts) {
            host.manager.close();
        }
    }
}
