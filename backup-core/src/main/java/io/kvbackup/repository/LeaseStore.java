package io.kvbackup.repository;

import io.kvbackup.format.LeaseJson;
import io.kvbackup.format.LeaseRecord;
import io.kvbackup.format.Limits;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Leases in a store, {@code leases/<name>.json}: of all processes that ask, one holds a lease, until it gives it back
 * or has not renewed it for its time to live.
 *
 * <p>Every write is conditional on the version that was read, so of two that want a lease one gets it. A record is
 * never deleted and its token grows with every acquisition. Who dies leaves the lease to expire: others take it when
 * they have seen its record unchanged for the time to live, measured on their own monotonic clock from when they first
 * saw it. No two clocks are ever compared, so that wrong clocks do no harm; the price is that a process that has just
 * started waits for the whole time to live.
 *
 * <p>Whoever takes over may do so while the former holder is only asleep. The holder therefore asks
 * {@link Lease#ensureHeld()} before each step that it must not take without the lease, which fails well before anybody
 * can have taken over.
 *
 * <p>Safe for use by several threads.
 */
public final class LeaseStore {
    private static final String SUFFIX = ".json";
    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);
    private static final int LOOKS = 20;

    /** Name of the lease that whoever removes things from the store holds. */
    public static final String PRUNE = "prune";

    private static final Duration PRUNE_TTL = Duration.ofSeconds(30);
    /** Long enough to outlast a prune that has died. */
    private static final Duration PRUNE_PATIENCE = Duration.ofSeconds(45);

    private final StorageClient storage;
    private final LeaseTime time;
    private final Random random;
    private final Map<String, Sighting> sightings = new ConcurrentHashMap<>();

    /** @param random makes holders' ids; must not be guessable from host or process */
    public LeaseStore(StorageClient storage, LeaseTime time, Random random) {
        this.storage = storage;
        this.time = time;
        this.random = random;
    }

    /** A version of a record, and when it was first seen. */
    private record Sighting(String etag, LeaseTime.Moment since) {}

    /** A record and its version. */
    record Version(LeaseRecord lease, String etag) {}

    /** What the store says of a lease, held or not; empty if nobody has ever held it. */
    public Optional<LeaseRecord> read(String name) throws IOException {
        return find(name).map(Version::lease);
    }

    /** When a lease was last written, by the store's clock. */
    public Instant modified(String name) throws IOException {
        String key = key(name);
        return storage.stat(key)
                .orElseThrow(() -> new NoSuchFileException(
                        key,
                        null,
                        "somebody has deleted the lease in " + storage
                                + ", which this library never does; look who tidies up there"))
                .lastModified();
    }

    /**
     * Takes a lease if it is free: never held before, given back, or seen unchanged by this object for its time to
     * live.
     *
     * @param wantedTtl how long the lease outlives its holder, in whole milliseconds; the holder renews it more often
     * @return empty if somebody else holds it, or has just been faster
     */
    public Optional<Lease> tryAcquire(String name, Duration wantedTtl) throws IOException {
        Duration ttl = requireTtl(wantedTtl);
        Optional<Version> found = find(name);
        if (found.isPresent() && !isFree(name, found.get())) {
            return Optional.empty();
        }
        LeaseTime.Moment start = time.now();
        LeaseRecord before = found.map(Version::lease)
                .orElseGet(() -> new LeaseRecord(name, 0, Optional.empty(), ttl, 0, start.wall(), Map.of()));
        LeaseRecord mine = before.takenBy(newHolder(), ttl, start.wall());
        try {
            PutCondition unchanged =
                    found.map(version -> PutCondition.ifMatch(version.etag())).orElseGet(PutCondition::ifAbsent);
            StorageObject written = write(mine, unchanged);
            return Optional.of(new Lease(this, time, mine, written.etag(), start));
        } catch (PreconditionFailedException e) {
            return Optional.empty();
        }
    }

    /** Takes the lease of prunes, and waits for it as long as one that has died can hold it. */
    public Lease acquireForPrune() throws IOException {
        return acquire(PRUNE, PRUNE_TTL, PRUNE_PATIENCE);
    }

    /**
     * Takes a lease, and waits for it if somebody holds it. To outlast a holder that has died takes its time to live.
     *
     * @throws PreconditionFailedException if it is still held by somebody when patience is over; says since when
     */
    public Lease acquire(String name, Duration ttl, Duration patience) throws IOException {
        requireTtl(ttl);
        LeaseTime.Moment start = time.now();
        Duration tenth = ttl.dividedBy(10);
        Duration pause = tenth.compareTo(MAX_PAUSE) < 0 ? tenth : MAX_PAUSE;
        while (true) {
            Optional<Lease> lease = tryAcquire(name, ttl);
            if (lease.isPresent()) {
                return lease.get();
            }
            if (time.monotonicSince(start).compareTo(patience) >= 0) {
                throw new PreconditionFailedException("the lease " + name + " in " + storage + " is held by another"
                        + " process since "
                        + read(name).map(LeaseRecord::acquiredAt).orElse(null)
                        + " (by its clock); wait until that has done its work");
            }
            try {
                time.sleeper().sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for the lease " + name);
            }
        }
    }

    private boolean isFree(String name, Version version) {
        if (version.lease().holder().isEmpty()) {
            return true;
        }
        LeaseTime.Moment now = time.now();
        Sighting sighting = sightings.compute(
                name,
                (key, last) ->
                        last != null && last.etag().equals(version.etag()) ? last : new Sighting(version.etag(), now));
        return time.monotonicSince(sighting.since()).compareTo(version.lease().ttl()) >= 0;
    }

    Optional<Version> find(String name) throws IOException {
        String key = key(name);
        for (int look = 1; ; look++) {
            Optional<StorageObject> object = storage.stat(key);
            if (object.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream in = storage.download(object.get(), ByteRange.all())) {
                byte[] bytes = in.readNBytes(Limits.LEASE_BYTES + 1);
                if (bytes.length > Limits.LEASE_BYTES) {
                    throw new CorruptBackupException(key + " is larger than the record of a lease can be");
                }
                LeaseRecord lease = LeaseJson.decode(bytes, key + " in " + storage);
                if (!lease.name().equals(name)) {
                    throw new CorruptBackupException(
                            key + " in " + storage + " is the record of another lease, " + lease.name());
                }
                return Optional.of(new Version(lease, object.get().etag()));
            } catch (PreconditionFailedException | NoSuchFileException e) {
                // Replaced between the two requests: look again. Holders write seldom.
                if (look == LOOKS) {
                    throw new IOException(
                            "cannot read " + key + " in " + storage
                                    + ": the store shows it, and does not give the version" + " that it shows, " + LOOKS
                                    + " times in a row; look whether it can be downloaded",
                            e);
                }
            }
        }
    }

    StorageObject write(LeaseRecord lease, PutCondition condition) throws IOException {
        return storage.upload(key(lease.name()), ContentWriter.of(LeaseJson.encode(lease)), condition);
    }

    private String newHolder() {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }

    private static String key(String name) {
        if (name.contains("/")) {
            throw new IllegalArgumentException("lease name '" + name + "' contains '/'; choose another");
        }
        int bytes = (name + SUFFIX).getBytes(StandardCharsets.UTF_8).length;
        if (bytes > StorageKey.MAX_SEGMENT_BYTES) {
            throw new IllegalArgumentException("lease name '" + name + "' becomes a name of " + bytes
                    + " bytes; at most " + StorageKey.MAX_SEGMENT_BYTES + " are allowed, so choose shorter names");
        }
        return StorageKey.require("leases/" + name + SUFFIX);
    }

    private static Duration requireTtl(Duration ttl) {
        if (ttl.compareTo(Duration.ofMillis(1)) < 0 || ttl.compareTo(LeaseRecord.MAX_TTL) > 0) {
            throw new IllegalArgumentException("a lease's time to live must be from 1 ms to 1 day, not " + ttl);
        }
        return Duration.ofMillis(ttl.toMillis());
    }

    @Override
    public String toString() {
        return "leases in " + storage;
    }
}
