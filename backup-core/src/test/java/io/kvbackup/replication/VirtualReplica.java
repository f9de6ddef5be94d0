package io.kvbackup.replication;

import io.kvbackup.TestClock;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.log.CommitChoice;
import io.kvbackup.format.log.SegmentReader;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A tenure without threads: a test does each step, and decides how time passes. */
final class VirtualReplica implements AutoCloseable {
    final TestClock clock;
    final AtomicLong nanos = new AtomicLong();
    final LeaseTime time;
    final FakeLog log;
    final List<String> bases = new ArrayList<>();
    /** The position of the log when the snapshot of the last base was opened. */
    long baseAt;

    private final Setup setup;
    private final List<StoreLog> stores = new ArrayList<>();
    private final TemporaryFolder folder;
    Tenure tenure;

    VirtualReplica(
            TestClock clock, FakeLog log, ReplicationOptions options, Path folder, Map<String, StorageClient> stores)
            throws IOException {
        this.clock = clock;
        this.log = log;
        this.folder = TemporaryFolder.create(folder, "log");
        time = new LeaseTime(clock, nanos::get, this::pass);
        setup = new Setup(
                "orders",
                log,
                options,
                new LinkedHashMap<>(stores),
                this::base,
                time,
                folder,
                BackupKeys.none(),
                new SecureRandom());
        stores.forEach((name, client) -> this.stores.add(new StoreLog(name, client, setup)));
    }

    /** Time passes on both clocks. */
    void pass(Duration span) {
        nanos.addAndGet(span.toNanos());
        clock.advance(span);
    }

    /** A backup that writes nothing, into stores that answer. */
    private Map<String, StoreOutcome> base(Replications.Bases.Request request, Map<String, StorageClient> clients)
            throws IOException {
        long position = log.position();
        request.opened().run();
        // What the tailing thread does meanwhile.
        for (int i = 0; i < 3; i++) {
            tenure.tailer.poll();
        }
        request.mayCommit().run();
        BackupWriter.ReplicatedLog at = request.log().orElseThrow();
        Map<String, StoreOutcome> outcomes = new HashMap<>();
        for (Map.Entry<String, StorageClient> each : clients.entrySet()) {
            Backup backup = new Backup(
                    "backups/orders/" + bases.size(),
                    "orders",
                    BackupKind.INCREMENTAL,
                    clock.instant(),
                    "tree",
                    1,
                    true,
                    Optional.empty(),
                    BackupMarks.NONE);
            try {
                each.getValue().stat("backups/orders/x");
                bases.add(each.getKey() + " " + at.timeline() + " " + at.history());
                outcomes.put(
                        each.getKey(),
                        new StoreOutcome(each.getKey(), Optional.of(backup), Optional.empty(), Duration.ZERO));
            } catch (IOException e) {
                outcomes.put(
                        each.getKey(),
                        new StoreOutcome(each.getKey(), Optional.empty(), Optional.of(e), Duration.ZERO));
            }
        }
        baseAt = position;
        return outcomes;
    }

    /** Takes the leases of the stores that answer, and begins. */
    VirtualReplica begin(String history) throws IOException {
        LeaseTime.Moment began = time.now();
        Map<StoreLog, Optional<Parent>> parents = new LinkedHashMap<>();
        for (StoreLog store : stores) {
            try {
                store.ensureOpen();
                parents.put(store, store.parent());
            } catch (IOException e) {
                if (store == stores.get(0)) {
                    throw e;
                }
            }
        }
        tenure = Tenure.begin(setup, stores, parents, history, true, began, new SegmentFiles(folder, setup.random()));
        return this;
    }

    VirtualReplica begin() throws IOException {
        return begin(log.history());
    }

    /** Ships all there is to the stores that answer, and takes the bases that are wanted. */
    void settle() throws IOException {
        tenure.tailer.poll();
        tenure.tailer.closeSegment();
        for (int round = 0; round < 4; round++) {
            for (Shipper shipper : tenure.shippers) {
                boolean more = true;
                while (more) {
                    more = shipper.step().isZero();
                }
            }
            tenure.bases.step();
        }
    }

    void ship() throws IOException {
        for (Shipper shipper : tenure.shippers) {
            shipper.step();
        }
    }

    void keepLeases() throws IOException {
        for (StoreLog store : stores) {
            store.keep();
        }
    }

    StoreLog store(int index) {
        return stores.get(index);
    }

    Cursor cursor(String name) {
        return tenure.cursor(name);
    }

    Duration lag(String name) {
        return tenure.spool.lag(cursor(name), time.now(), OptionalLong.of(log.position()));
    }

    /** The last read and the last uploads, and the leases given back. */
    void stop() throws IOException {
        settle();
        tenure.tailer.close();
        stores.forEach(StoreLog::close);
        folder.close();
    }

    /** As a process that dies. */
    @Override
    public void close() throws IOException {
        if (tenure != null) {
            tenure.tailer.close();
        }
        folder.close();
    }

    /** Values of all commits in the segments of one timeline, by position; merged ones once more. */
    static Map<Long, String> commits(StorageClient store, String timeline) throws IOException {
        Map<Long, String> all = new TreeMap<>();
        String place = "log/orders/" + timeline + "/";
        List<String> names;
        try (Stream<StorageObject> objects = store.list(place)) {
            names = objects.map(StorageObject::key).toList();
        }
        for (String name : names) {
            Optional<SegmentSpan> span = SegmentSpan.parse(name.substring(place.length()));
            if (span.isEmpty()) {
                continue;
            }
            try (InputStream in = store.download(name, ByteRange.all());
                    SegmentReader reader =
                            new SegmentReader(in, TimelineId.parse(timeline).orElseThrow(), span.get(), null, name)) {
                List<String> values = new ArrayList<>();
                boolean more = true;
                while (more) {
                    more = reader.next(CommitChoice.ALL, new Collecting(values, all));
                }
            }
        }
        return all;
    }

    static List<String> timelines(StorageClient store) throws IOException {
        try (Stream<StorageObject> objects = store.list("log/orders/")) {
            return objects.map(object -> object.key()
                            .substring("log/orders/".length(), object.key().lastIndexOf('/')))
                    .distinct()
                    .toList();
        }
    }

    static List<SegmentSpan> spans(StorageClient store, String timeline) throws IOException {
        String place = "log/orders/" + timeline + "/";
        try (Stream<StorageObject> objects = store.list(place)) {
            return objects.flatMap(object -> SegmentSpan.parse(object.key().substring(place.length())).stream())
                    .toList();
        }
    }
}
