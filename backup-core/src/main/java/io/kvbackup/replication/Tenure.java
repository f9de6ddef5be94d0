package io.kvbackup.replication;

import io.kvbackup.database.ChangeReader;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.SealingKey;
import io.kvbackup.repository.log.LogNames;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What works together while a lease is held: one spool, what fills it, and what takes from it. */
final class Tenure {
    final Spool spool;
    final Tailer tailer;
    final Cursor own;
    final List<Shipper> shippers = new ArrayList<>();
    final BaseRunner bases;
    final Merger merger;

    private final Setup setup;
    private final long token;
    private long lastRandom;

    private Tenure(
            Setup setup,
            long token,
            List<StoreLog> stores,
            Opening.Start start,
            ChangeReader reader,
            List<StoreLog> resumed,
            LeaseTime.Moment polled,
            SegmentFiles files)
            throws IOException {
        this.setup = setup;
        this.token = token;
        Map<Cursor, StoreLog> cursors = new LinkedHashMap<>();
        for (StoreLog store : stores) {
            cursors.put(new Cursor(store.name(), polled, store.parentSynced()), store);
        }
        own = cursors.keySet().iterator().next();
        lastRandom = setup.random().nextLong() >>> 2;
        ReplicationOptions options = setup.options();
        spool = new Spool(line(start), cursors.keySet(), polled, options.spoolBytes(), options.spoolTime());
        cursors.forEach((cursor, store) -> {
            store.tells(() -> spool.attributes(cursor));
            if (store.isOpen()) {
                spool.join(cursor);
            }
            if (resumed.contains(store)) {
                spool.based(cursor, spool.joins(cursor));
                store.resumes();
            }
        });
        UploadTimes uploads = new UploadTimes();
        tailer = new Tailer(setup.log(), files, setup.time(), options.syncInterval(), uploads, spool).from(reader);
        cursors.forEach((cursor, store) -> shippers.add(
                new Shipper(spool, cursor, store, setup.time(), cursor == own ? uploads : new UploadTimes())));
        bases = new BaseRunner(
                setup.database(), spool, cursors, setup.bases(), setup.time(), options.snapshotInterval());
        merger = new Merger(spool, files, setup.time());
    }

    /**
     * Begins one.
     *
     * @param stores the manager's own first, whose lease is held
     * @param began when the attempt began
     */
    static Tenure begin(
            Setup setup,
            List<StoreLog> stores,
            Map<StoreLog, Optional<Parent>> parents,
            String history,
            boolean mayResume,
            LeaseTime.Moment began,
            SegmentFiles files)
            throws IOException {
        Opening opening = Opening.decide(
                setup.log(), parents, history, mayResume, setup.time().clock(), setup.random());
        // What was committed since the last poll of the process before is older than this one.
        Instant synced = stores.get(0).parentSynced();
        boolean older = opening.resumed().contains(stores.get(0)) && synced.isBefore(began.wall());
        LeaseTime.Moment polled = older ? new LeaseTime.Moment(began.nanos(), synced.plusMillis(1)) : began;
        try {
            return new Tenure(
                    setup,
                    stores.get(0).token(),
                    stores,
                    opening.start(),
                    opening.reader(),
                    opening.resumed(),
                    polled,
                    files);
        } catch (IOException | RuntimeException e) {
            opening.reader().close();
            throw e;
        }
    }

    private Line line(Opening.Start start) throws IOException {
        // Later timelines of one tenure have greater numbers.
        TimelineId id = new TimelineId(token & 0xFFFF_FFFFL, lastRandom);
        lastRandom += 1 + (setup.random().nextLong() >>> 16);
        String place = LogNames.timeline(setup.database(), id);
        Optional<SealingKey> key = setup.keys().areConfigured()
                ? Optional.of(setup.keys().create(LogNames.record(setup.database(), id)))
                : Optional.empty();
        return new Line(id, start.history(), start.position(), start.time(), key, place);
    }

    /** After a gap: another timeline, from now on. */
    void beginAnew() throws IOException {
        long position = setup.log().position();
        Instant now = setup.time().clock().instant();
        Line next = line(new Opening.Start(
                Opening.another(spool.line().history(), setup.random()), position, tailer.notBefore(now)));
        tailer.begin(next);
        spool.begin(next);
    }

    /** @throws IllegalArgumentException if there is no such store */
    Cursor cursor(String store) {
        return shippers.stream()
                .map(Shipper::cursor)
                .filter(each -> each.store.equals(store))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no store '" + store + "'; there are " + setup.stores().keySet()));
    }

    /** What stands in the way of one of the stores, by its name. */
    Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        shippers.forEach(each -> each.problem().ifPresent(text -> problems.put(each.cursor().store, text)));
        bases.problem().ifPresent(text -> problems.putIfAbsent(own.store, text));
        return problems;
    }

    /** How long until the next poll. */
    Duration pause() {
        Duration due = tailer.untilDue(setup.time().now());
        return due.compareTo(Tailer.POLL) < 0 ? due : Tailer.POLL;
    }

    /** Stores that cannot keep up lose their place. */
    void enforce() {
        spool.enforce(setup.time().now());
    }

    Line line() {
        return Objects.requireNonNull(spool.line());
    }
}
