package io.kvbackup.replication;

import io.kvbackup.format.TimelineJson;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseKeeper;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.SealingKey;
import io.kvbackup.repository.log.LogNames;
import io.kvbackup.repository.log.LogPoint;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one database in one store: the lease of who writes it, timelines and segments. Used by one thread at a
 * time, except where something else is said.
 */
final class StoreLog {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLog.class);

    static final Duration TTL = Duration.ofSeconds(30);

    private static final int TAIL = 64 << 10;

    private final String name;
    private final StorageClient client;
    private final Setup setup;
    private final LeaseStore leases;
    /** Asked for what the lease is to tell, at each renewal, on another thread. */
    private volatile Supplier<Map<String, String>> attributes = Map::of;

    private volatile @Nullable Lease lease;
    private volatile @Nullable LeaseKeeper keeper;
    private volatile Parents.@Nullable Last parent;
    private volatile @Nullable String history;
    private boolean resumes;
    private @Nullable LogPoint restored;

    StoreLog(String name, StorageClient client, Setup setup) {
        this.name = name;
        this.client = client;
        this.setup = setup;
        leases = new LeaseStore(client, setup.time(), setup.random());
    }

    String name() {
        return name;
    }

    StorageClient client() {
        return client;
    }

    // The lease.

    /**
     * Takes the lease and looks what was written last, unless that is done.
     *
     * @throws IOException if another process has the lease, or the store does not answer
     */
    synchronized void ensureOpen() throws IOException {
        if (parent != null && !isLost()) {
            return;
        }
        if (parent != null && isOwn()) {
            throw new PreconditionFailedException("the lease of " + leaseName() + " was lost");
        }
        Lease held = lease;
        if (held == null || isLost()) {
            held = acquire();
        }
        parent = new Parents(new StoredTimelines(client, setup.database(), setup.keys(), setup.random()))
                .last(held.attributes());
    }

    private Lease acquire() throws IOException {
        closeKeeper();
        Lease taken = leases.tryAcquire(leaseName(), TTL)
                .orElseThrow(() -> new IOException("another process replicates " + setup.database() + " into " + client
                        + ", or has died less than " + TTL + " ago; waiting for the lease " + leaseName()));
        lease = taken;
        keeper = new LeaseKeeper(taken, () -> attributes.get());
        return taken;
    }

    private String leaseName() {
        return LogNames.lease(setup.database());
    }

    private boolean isOwn() {
        return name.equals(ReplicationOptions.OWN_STORE);
    }

    /** Whether it is known what was written last. Does not wait. */
    boolean isOpen() {
        return parent != null;
    }

    /** Whether the lease was held and is no more. Does not wait. */
    boolean isLost() {
        LeaseKeeper keeping = keeper;
        return keeping != null && keeping.isLost();
    }

    /** Greater than that of every earlier holder. */
    long token() {
        return Objects.requireNonNull(lease, "the lease is not held").token();
    }

    /** What the lease is to tell from now on. */
    void tells(Supplier<Map<String, String>> what) {
        attributes = what;
    }

    /** Tells it now. */
    void beat() throws IOException {
        Lease held = lease;
        if (held != null) {
            held.update(attributes.get());
        }
    }

    /** Renews the lease if it is time, as its keeper does by itself. */
    void keep() throws IOException {
        Lease held = lease;
        if (held != null) {
            held.ensureHeld(() -> attributes.get());
        }
    }

    private void closeKeeper() {
        LeaseKeeper keeping = keeper;
        keeper = null;
        if (keeping != null) {
            keeping.close();
        }
    }

    /** Gives the lease back, with everything that is known. */
    synchronized void close() {
        boolean lost = isLost();
        closeKeeper();
        Lease held = lease;
        lease = null;
        if (held != null && !lost) {
            try (held) {
                held.update(attributes.get());
            } catch (IOException e) {
                LOG.info("the {} does not tell the last of {}: {}", held, setup.database(), e.toString());
            }
        }
    }

    // Timelines.

    /** What was written last. */
    Optional<Parent> parent() {
        return Objects.requireNonNull(parent, "the store was not asked").found();
    }

    /** Everything up to this time was said to be in the store. */
    Instant parentSynced() {
        Parents.Last last = parent;
        return last == null ? Instant.EPOCH : last.found().map(Parent::synced).orElse(Instant.EPOCH);
    }

    /** The first line comes from a moment that was restored. */
    void comesFrom(LogPoint point) {
        restored = point;
    }

    /** The first line goes on where the parent ends. */
    void resumes() {
        resumes = true;
    }

    /** The history that the current timeline counts in here. */
    String history() {
        return Objects.requireNonNull(history, "no timeline was begun");
    }

    /**
     * Writes a timeline, before anything that belongs to it.
     *
     * @param synced what is known of the one before
     */
    void begin(Line line, Cursor cursor, Instant synced) throws IOException {
        Line before = cursor.line;
        TimelineRecord.Parent from;
        TimelineRecord.Parent written = null;
        String counts = line.history();
        LogPoint point = restored;
        if (before != null) {
            from = new TimelineRecord.Parent(before.id(), cursor.shipped, synced.toEpochMilli());
        } else {
            Parent last = parent().orElse(null);
            from = last == null
                    ? null
                    : new TimelineRecord.Parent(
                            last.timeline(),
                            resumes ? line.start() : last.position(),
                            last.synced().toEpochMilli());
            if (last != null && !resumes && last.history().equals(counts)) {
                counts = Opening.another(counts, setup.random());
            }
            if (point != null) {
                written = from;
                from = new TimelineRecord.Parent(point.timeline(), point.position());
            }
        }
        TimelineRecord record = new TimelineRecord(
                setup.database(),
                counts,
                line.id(),
                line.start(),
                line.startedAt(),
                from,
                written,
                line.key().map(SealingKey::wrapped).orElse(null));
        putOnce(LogNames.record(setup.database(), line.id()), TimelineJson.encode(record));
        history = counts;
        resumes = false;
    }

    private void putOnce(String key, byte[] bytes) throws IOException {
        try {
            client.upload(key, ContentWriter.of(bytes), PutCondition.ifAbsent());
        } catch (PreconditionFailedException e) {
            // Only this process knows the timeline's random number: an earlier attempt has arrived.
            LOG.debug("{} is there already", key);
        }
    }

    // Segments.

    String key(SpooledSegment segment) {
        return LogNames.segment(
                setup.database(), segment.line().id(), segment.header().span());
    }

    /** Puts a segment there, or finds that an earlier attempt has. */
    void put(SpooledSegment segment) throws IOException {
        try {
            client.upload(key(segment), segment.content(), PutCondition.ifAbsent());
        } catch (PreconditionFailedException e) {
            if (!isThere(segment)) {
                throw new IOException(
                        key(segment) + " in " + client + " is there already, and is not what belongs there; nobody but"
                                + " this process knows the name: look who writes there",
                        e);
            }
        }
    }

    /** Equal length and equal ends, where the proof of the last commit lies. */
    private boolean isThere(SpooledSegment segment) throws IOException {
        Optional<StorageObject> found = client.stat(key(segment));
        if (found.isEmpty() || found.get().size() != segment.bytes()) {
            return false;
        }
        long from = Math.max(0, segment.bytes() - TAIL);
        ByteArrayOutputStream ours = new ByteArrayOutputStream();
        segment.content().writeTo(ours);
        try (InputStream theirs = client.download(found.get(), ByteRange.from(from))) {
            byte[] tail = theirs.readAllBytes();
            byte[] all = ours.toByteArray();
            return Arrays.equals(tail, Arrays.copyOfRange(all, (int) from, all.length));
        }
    }

    void delete(List<String> keys) throws IOException {
        client.delete(keys);
    }
}
