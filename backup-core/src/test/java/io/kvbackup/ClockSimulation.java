package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import java.io.IOException;
import java.time.Clock;
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
import java.util.stream.Collectors;

/**
 * Hosts on one store, whose clocks are off by seconds to years and are set forwards and backwards as they go. A model
 * that knows the true time says after each step what must be there. Used by one thread.
 */
final class ClockSimulation implements AutoCloseable {
    static final Duration GRACE = Duration.ofHours(24);
    private static final Duration[] WRONG = {
        Duration.ofSeconds(7),
        Duration.ofMinutes(50),
        Duration.ofHours(3),
        Duration.ofDays(3),
        Duration.ofDays(30),
        Duration.ofDays(400),
        Duration.ofDays(16 * 365)
    };

    private final Random random;
    private final boolean folder;
    private final TestClock truth = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final RetentionPolicy policy;
    private final int last;
    private final List<Host> hosts = new ArrayList<>();
    /** Whoever writes: in a folder, its clock is the files'. */
    private Clock writer = truth;

    private final StorageClient storage;
    private final Map<String, Known> backups = new HashMap<>();
    /** When backups were removed from the listing; they are to be there for the grace period. */
    private final Map<String, Instant> removed = new HashMap<>();

    private final ConcurrentMap<String, String> data = new ConcurrentSkipListMap<>();
    private int number;
    /** What the model knows of a backup. */
    private static final class Known {
        final int number;
        boolean damaged;
        boolean knownDamaged;
        boolean verified;

        Known(int number) {
            this.number = number;
        }

        boolean isGood() {
            return !knownDamaged;
        }
    }

    private final class Host extends UtcClock {
        private Duration off;
        private final BackupManager manager;

        private Host(Duration off) throws IOException {
            this.off = off;
            manager = BackupManager.builder()
                    .storage(storage)
                    .clock(this)
                    .time(() -> Duration.between(Instant.EPOCH, truth.instant()).toNanos(), this::pass)
                    .gracePeriod(GRACE)
                    .database(MapDatabase.builder("orders")
                            .set("notes", data, Codec.utf8(), Codec.utf8())
                            .build())
                    .build();
        }

        private void pass(Duration time) {
            truth.advanceSeconds(time.toSeconds());
        }

        @Override
        public Instant instant() {
            return truth.instant().plus(off);
        }
    }

    /**
     * @param folder whether objects have the times of those who write them; then one of the hosts is wrong, and the
     *     others are right
     */
    ClockSimulation(long seed, boolean folder) throws IOException {
        random = new Random(seed);
        this.folder = folder;
        MemoryStorageClient memory = new MemoryStorageClient(new UtcClock() {
            @Override
            public Instant instant() {
                return writer.instant();
            }
        });
        storage = new ForwardingStorageClient(memory) {
            @Override
            public StorageTraits traits() {
                return super.traits().withOwnClock(!folder);
            }
        };
        last = 1 + random.nextInt(3);
        policy = RetentionPolicy.builder().keepLast(last).build();
        for (int i = 0; i < 3; i++) {
            hosts.add(new Host(folder && i > 0 ? Duration.ZERO : off()));
        }
        if (folder) {
            hosts.get(0).off = Duration.ofDays(40 + random.nextInt(6_000)).multipliedBy(random.nextBoolean() ? 1 : -1);
        }
    }

    private Duration off() {
        Duration off = WRONG[random.nextInt(WRONG.length)];
        return switch (random.nextInt(3)) {
            case 0 -> off;
            case 1 -> off.negated();
            default -> Duration.ZERO;
        };
    }

    void run(int steps) throws IOException {
        act(hosts.get(hosts.size() - 1), 0);
        act(hosts.get(hosts.size() - 1), 5);
        for (int step = 0; step < steps; step++) {
            int acting = random.nextInt(hosts.size());
            act(hosts.get(acting), random.nextInt(8));
            if (folder && acting == 0) {
                act(hosts.get(1), 0); // the others are at work too: who is alone in a folder is believed in the end
            }
            truth.advanceSeconds(random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(3_000));
        }
    }

    private void act(Host host, int what) throws IOException {
        writer = folder ? host : truth;
        switch (what) {
            case 0, 1 -> backup(host);
            case 2, 3 -> verify(host);
            case 4 -> damage();
            case 5, 6 -> prune(host);
            default -> {
                if (!folder) {
                    host.off = off();
                }
            }
        }
        if (!backups.isEmpty()) {
            requireTruth(hosts.get(random.nextInt(hosts.size())));
        }
    }

    private void backup(Host host) throws IOException {
        data.put("number", String.valueOf(++number));
        Backup made = host.manager.backupDatabase("orders");
        backups.put(made.objectName(), new Known(number));
        assertThat(names(host)).as("a new backup is visible").contains(made.objectName());
    }

    private String any() {
        List<String> names = backups.keySet().stream().sorted().toList();
        return names.get(random.nextInt(names.size()));
    }

    private void verify(Host host) throws IOException {
        String name = any();
        Known known = backups.get(name);
        VerifyLevel level = List.of(VerifyLevel.LISTED, VerifyLevel.DIGEST, VerifyLevel.DRILL)
                .get(random.nextInt(3));
        if (known.damaged && level != VerifyLevel.LISTED) {
            assertThatThrownBy(() -> host.manager.verify(name, level)).isInstanceOf(CorruptBackupException.class);
            known.knownDamaged = true;
        } else {
            host.manager.verify(name, level);
            known.verified |= level != VerifyLevel.LISTED;
        }
    }

    private void damage() throws IOException {
        String name = any();
        Known known = backups.get(name);
        if (known.damaged || random.nextInt(3) > 0) {
            return;
        }
        StorageObject object = storage.stat(name).orElseThrow();
        byte[] bytes;
        try (var in = storage.download(object, ByteRange.all())) {
            bytes = in.readAllBytes();
        }
        bytes[bytes.length / 2] ^= 1;
        Clock then = writer;
        // Whatever damages it leaves the time as it is: here, what the store tells must not change with it.
        writer = Clock.fixed(object.lastModified(), java.time.ZoneOffset.UTC);
        storage.upload(name, ContentWriter.of(bytes), PutCondition.none());
        writer = then;
        known.damaged = true;
    }

    private void prune(Host host) throws IOException {
        Set<String> before = Set.copyOf(backups.keySet());
        Set<String> needed = needed(host);
        PrunePlan plan = host.manager.planPrune(policy);
        PruneReport report = plan.execute();
        Set<String> left = names(host);
        assertThat(left).as("what the policy needs stays").containsAll(needed);
        assertThat(report.removed().stream().map(Backup::objectName)).noneMatch(needed::contains);
        if (folder && host.off.compareTo(Duration.ZERO) > 0) {
            assertThat(left).as("a wrong clock alone removes nothing").isEqualTo(before);
            assertThat(report.collected()).isEmpty();
        }
        if (!folder) {
            assertThat(left).as("what nothing needs goes").isEqualTo(needed);
        }
        for (String name : before) {
            if (!left.contains(name)) {
                backups.remove(name);
                removed.put(name, truth.instant());
            }
        }
        requireGrace();
    }

    /**
     * Data stays for the grace period by true time; where the store has a clock, not longer than until the next prune.
     */
    private void requireGrace() throws IOException {
        for (Map.Entry<String, Instant> each : Map.copyOf(removed).entrySet()) {
            Duration since = Duration.between(each.getValue(), truth.instant());
            boolean there = storage.stat(each.getKey()).isPresent();
            if (since.compareTo(GRACE) < 0) {
                assertThat(there)
                        .as("%s, removed %s ago, is in its grace", each.getKey(), since)
                        .isTrue();
            } else if (!folder) {
                assertThat(there)
                        .as("%s, removed %s ago, was collected", each.getKey(), since)
                        .isFalse();
            }
            if (!there) {
                removed.remove(each.getKey());
            }
        }
    }

    /**
     * What must stay, said in another way than the library does: by the order in which backups were made, which only
     * the model knows.
     */
    private Set<String> needed(Host host) throws IOException {
        List<Backup> listed = host.manager.listBackups("orders");
        Set<String> needed = new HashSet<>();
        listed.stream()
                .filter(backup -> !backup.credible())
                .map(Backup::objectName)
                .forEach(needed::add);
        List<String> newestFirst = listed.stream()
                .filter(Backup::credible)
                .filter(backup -> !folder || isFollowed(backup))
                .map(Backup::objectName)
                .sorted((a, b) -> Integer.compare(backups.get(b).number, backups.get(a).number))
                .toList();
        int good = 0;
        for (String name : newestFirst) {
            if (good < last) {
                needed.add(name);
                good += backups.get(name).isGood() ? 1 : 0;
            }
        }
        newestFirst.stream()
                .filter(name -> backups.get(name).isGood() && backups.get(name).verified)
                .findFirst()
                .or(() -> newestFirst.stream()
                        .filter(name -> backups.get(name).isGood())
                        .findFirst())
                .ifPresent(needed::add);
        return needed;
    }

    /**
     * In a folder, nobody can tell that a host whose clock is behind has made the newest backup; nor order what is
     * ahead.
     */
    private boolean isFollowed(Backup backup) {
        return Duration.between(backup.timestamp(), truth.instant()).abs().compareTo(Duration.ofDays(2)) < 0
                && backups.size() < 3;
    }

    private Set<String> names(Host host) throws IOException {
        return host.manager.listBackups("orders").stream()
                .map(Backup::objectName)
                .collect(Collectors.toSet());
    }

    /** Marks show what is known, and the newest backup that can be believed is the latest. */
    private void requireTruth(Host host) throws IOException {
        List<Backup> listed = host.manager.listBackups("orders");
        for (Backup backup : listed) {
            Known known = backups.get(backup.objectName());
            assertThat(backup.marks().isDamaged()).as("damaged: %s", backup).isEqualTo(known.knownDamaged);
            assertThat(backup.marks().isVerified())
                    .as("verified: %s", backup)
                    .isEqualTo(known.verified && !known.knownDamaged);
        }
        if (!folder) {
            List<Backup> credible = listed.stream().filter(Backup::credible).toList();
            assertThat(credible.stream().map(backup -> backups.get(backup.objectName()).number))
                    .as("backups are listed in the order in which they were made")
                    .isSortedAccordingTo((a, b) -> Integer.compare(b, a));
            requireLatest(host, credible);
        }
    }

    private void requireLatest(Host host, List<Backup> credible) throws IOException {
        if (credible.isEmpty() || random.nextInt(4) > 0) {
            return;
        }
        String latest = credible.get(0).objectName();
        if (!backups.get(latest).damaged) {
            String now = data.get("number");
            assertThat(host.manager.restoreLatest("orders").orElseThrow().objectName())
                    .isEqualTo(latest);
            assertThat(data).containsEntry("number", String.valueOf(backups.get(latest).number));
            data.put("number", String.valueOf(now));
        }
    }

    @Override
    public void close() throws IOException {
        for (Host host : hosts) {
            host.manager.close();
        }
    }
}
