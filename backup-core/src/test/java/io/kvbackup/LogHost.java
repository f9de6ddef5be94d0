package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.TimelineJson;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.SegmentHeader;
import io.kvbackup.format.log.SegmentKey;
import io.kvbackup.format.log.SegmentMerge;
import io.kvbackup.format.log.SegmentReader;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.SegmentWriter;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.NewBackups;
import io.kvbackup.repository.SealingKey;
import io.kvbackup.repository.SeveralStores;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.repository.StoreIdentity;
import io.kvbackup.repository.archive.ArchiveBackupWriter;
import io.kvbackup.repository.log.LogNames;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A database of two maps and what a replicator would write of it, step by step as a test says, with all states that it
 * ever had.
 */
final class LogHost {
    static final String NAME = "orders";
    static final List<String> SETS = List.of("first", "second");

    final NavigableMap<String, NavigableMap<String, String>> live = empty();
    /** What the database held after each commit, by its time; no two have the same. */
    final NavigableMap<Long, Map<String, NavigableMap<String, String>>> states = new TreeMap<>();

    /** The same by position, of the history that is being written. */
    final NavigableMap<Long, Map<String, NavigableMap<String, String>>> positions = new TreeMap<>();

    final Millis clock;
    /** Segments of the timeline that are in the store. */
    final List<SegmentSpan> shipped = new ArrayList<>();

    TimelineId timeline = new TimelineId(0, 0);
    long position = 1_000;
    long shippedTo;
    long syncedThrough;
    private final StorageClient storage;
    private final Path folder;
    private final BackupKeys keys;
    private final Executor executor;
    private final SecureRandom random = new SecureRandom();
    private final LeaseStore leases;
    private String history = "";
    private @Nullable SegmentKey key;
    private @Nullable SegmentWriter writer;
    private ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable Lease lease;
    /** What happens while a base is read, after its first set. */
    Runnable meanwhile = () -> {};

    /** A clock that a test sets. */
    static final class Millis extends UtcClock {
        long now = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(now);
        }
    }

    LogHost(StorageClient storage, Path folder, Optional<EncryptionKeys> encryption, Executor executor, Millis clock) {
        this.clock = clock;
        this.storage = storage;
        this.folder = folder;
        this.keys = encryption.map(each -> BackupKeys.of(each, random)).orElse(BackupKeys.none());
        this.executor = executor;
        this.leases = new LeaseStore(
                storage,
                new LeaseTime(clock, () -> clock.now * 1_000_000, pause -> clock.now += pause.toMillis()),
                random);
    }

    static NavigableMap<String, NavigableMap<String, String>> empty() {
        NavigableMap<String, NavigableMap<String, String>> sets = new TreeMap<>();
        SETS.forEach(set -> sets.put(set, new ConcurrentSkipListMap<>()));
        return sets;
    }

    private static NavigableMap<String, NavigableMap<String, String>> copy(
            Map<String, NavigableMap<String, String>> sets) {
        NavigableMap<String, NavigableMap<String, String>> copy = new TreeMap<>();
        sets.forEach((set, entries) -> copy.put(set, new TreeMap<>(entries)));
        return copy;
    }

    /** The database as restores see it. */
    MapDatabase database() {
        MapDatabase.Builder builder = MapDatabase.builder(NAME);
        SETS.forEach(set -> builder.set(set, live.get(set), Codec.utf8(), Codec.utf8()));
        return builder.build();
    }

    SegmentWriter writer() {
        return java.util.Objects.requireNonNull(writer);
    }

    /** Begins a timeline. */
    void begin(String newHistory, TimelineRecord.@Nullable Parent parent) throws IOException {
        Lease held = lease;
        if (held != null) {
            held.close();
        }
        held = leases.tryAcquire(LogNames.lease(NAME), Duration.ofSeconds(30)).orElseThrow();
        lease = held;
        if (!history.equals(newHistory)) {
            positions.clear();
        }
        history = newHistory;
        timeline = TimelineId.random(held.token(), random);
        String name = LogNames.record(NAME, timeline);
        Optional<SealingKey> sealing = keys.areConfigured() ? Optional.of(keys.create(name)) : Optional.empty();
        key = sealing.map(each -> new SegmentKey(each.data(), LogNames.timeline(NAME, timeline), random))
                .orElse(null);
        TimelineRecord record = new TimelineRecord(
                NAME,
                history,
                timeline,
                position,
                clock.instant(),
                parent,
                null,
                sealing.map(SealingKey::wrapped).orElse(null));
        storage.upload(name, ContentWriter.of(TimelineJson.encode(record)), PutCondition.ifAbsent());
        shipped.clear();
        shippedTo = position;
        open(clock.now);
        heartbeat();
    }

    private void open(long timeBefore) {
        body = new ByteArrayOutputStream();
        writer = new SegmentWriter(body, timeline, position, timeBefore, key);
    }

    /** Commits what a test has put into {@link #live} and {@link #writer}. */
    void commit() throws IOException {
        clock.now++;
        position++;
        writer().commit(position, clock.instant());
        states.put(clock.now, copy(live));
        positions.put(position, copy(live));
    }

    void put(String set, String key, String value) {
        live.get(set).put(key, value);
        writer().put(set, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    void delete(String set, String key) {
        live.get(set).remove(key);
        writer().delete(set, key.getBytes(UTF_8));
    }

    void deleteRange(String set, String from, @Nullable String to) {
        (to == null ? live.get(set).tailMap(from, true) : live.get(set).subMap(from, true, to, false)).clear();
        writer().deleteRange(set, new KeyRange(from.getBytes(UTF_8), to == null ? null : to.getBytes(UTF_8)));
    }

    /** Ships the open segment, if it has anything. */
    void ship() throws IOException {
        if (writer().position() != shippedTo) {
            SegmentHeader header = writer().finish(new byte[32]);
            writer().close();
            put(header, body);
            shipped.add(header.span());
            shippedTo = position;
            open(header.span().maxTime());
        }
        heartbeat();
    }

    /** Loses what is not shipped. */
    void crash() {
        writer().close();
    }

    private void heartbeat() throws IOException {
        syncedThrough = clock.now;
        if (lease != null) {
            lease.update(Map.of(
                    "timeline", timeline.toString(),
                    "position", String.format("%016x", shippedTo),
                    "syncedThrough", Long.toString(clock.now)));
        }
    }

    private void put(SegmentHeader header, ByteArrayOutputStream bytes) throws IOException {
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        object.writeBytes(header.encode());
        object.writeBytes(bytes.toByteArray());
        storage.upload(
                LogNames.segment(NAME, timeline, header.span()),
                ContentWriter.of(object.toByteArray()),
                PutCondition.none());
    }

    /** Forgets segments that somebody has removed. */
    void pruned() throws IOException {
        Set<String> there = new HashSet<>();
        try (Stream<StorageObject> objects = storage.list(LogNames.folder(NAME))) {
            objects.forEach(each -> there.add(each.key()));
        }
        shipped.removeIf(span -> !there.contains(LogNames.segment(NAME, timeline, span)));
    }

    /** Merges shipped segments. */
    void merge(int from, int to, boolean delete) throws IOException {
        List<SegmentSpan> spans = List.copyOf(shipped.subList(from, to));
        ByteArrayOutputStream merged = new ByteArrayOutputStream();
        try (SegmentMerge merge = new SegmentMerge(merged, timeline, spans.get(0), key)) {
            for (SegmentSpan span : spans) {
                try (InputStream in = storage.download(LogNames.segment(NAME, timeline, span), ByteRange.all());
                        SegmentReader reader = new SegmentReader(in, timeline, span, key, span.fileName())) {
                    merge.add(span, reader);
                }
            }
            SegmentHeader header = merge.finish();
            put(header, merged);
            if (delete) {
                storage.delete(spans.stream()
                        .map(span -> LogNames.segment(NAME, timeline, span))
                        .toList());
                shipped.subList(from, to).clear();
                shipped.add(from, header.span());
            }
        }
    }

    /** Takes a backup from which the log goes on. */
    String base() throws IOException {
        StoreIdentity identity = new StoreIdentity(storage, StoreIdentity.Creation.EXPECTED, clock, new Random(1));
        NewBackups backups = new NewBackups(storage, identity, "here", keys, clock, System::nanoTime);
        BackupWriter.Request request = new BackupWriter.Request(
                NAME,
                Set.of(NAME),
                ArchiveShape.DATABASE,
                FormatChain.parse(keys.areConfigured() ? "cbor.enc" : "cbor"),
                folder,
                false,
                true,
                Set.of(),
                ProgressListener.NONE,
                () -> {},
                Optional.empty(),
                Optional.of(new BackupWriter.ReplicatedLog(history, timeline.toString())));
        Database source = new Moving(database());
        return new ArchiveBackupWriter(backups, new SeveralStores(executor, System::nanoTime), executor)
                .write(request, () -> SnapshotGroup.open(List.of(source), clock))
                .objectName();
    }

    /** A database that changes while it is read. */
    private final class Moving implements Database {
        private final Database of;

        Moving(Database of) {
            this.of = of;
        }

        @Override
        public String name() {
            return of.name();
        }

        @Override
        public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
            return of.beginRestore(header);
        }

        @Override
        public DatabaseSnapshot openSnapshot() throws IOException {
            long opened = position;
            DatabaseSnapshot snapshot = of.openSnapshot();
            return new DatabaseSnapshot() {
                @Override
                public DatabaseBackup header() {
                    return snapshot.header();
                }

                @Override
                public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                    for (Map.Entry<String, String> each : live.get(set).entrySet()) {
                        to.visit(each.getKey().getBytes(UTF_8), each.getValue().getBytes(UTF_8));
                    }
                    if (set.equals(SETS.get(0))) {
                        meanwhile.run();
                    }
                }

                @Override
                public Optional<ChangeLog.Span> changes() {
                    return Optional.of(new ChangeLog.Span(opened, position));
                }

                @Override
                public void close() throws IOException {
                    snapshot.close();
                }
            };
        }
    }

    /** The keys of all segments in the store. */
    List<String> segments() throws IOException {
        try (Stream<StorageObject> all = storage.list("log/")) {
            return all.map(StorageObject::key)
                    .filter(key -> key.endsWith(".seg"))
                    .toList();
        }
    }
}
