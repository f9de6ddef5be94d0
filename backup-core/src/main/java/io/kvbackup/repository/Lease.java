package io.kvbackup.repository;

import io.kvbackup.format.LeaseRecord;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease that this process holds, or has held: once lost, it is lost for good. Safe for use by several threads.
 *
 * <p>It counts as held for four fifths of its time to live from when the last write was sent; the rest is the margin
 * for a request that is on its way, and for clocks that run at different speeds. What it cannot prevent is that a
 * request sent in time is carried out after the margin, by a network or a thread that stood still in between: work
 * under a lease must still be such that a late request does no harm. Nor can a process know that its time is over if
 * its machine was suspended and its clock set back before it looked again.
 */
public final class Lease implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final LeaseStore store;
    private final LeaseTime time;
    private final Duration validity;
    private final Duration renewAfter;
    private LeaseRecord record;
    private String etag;
    /** When the clocks were last looked at, and how much of the time to live was over then. */
    private LeaseTime.Moment looked;

    private Duration used = Duration.ZERO;
    private boolean lost;

    Lease(LeaseStore store, LeaseTime time, LeaseRecord record, String etag, LeaseTime.Moment sent) {
        this.store = store;
        this.time = time;
        this.record = record;
        this.etag = etag;
        this.looked = sent;
        this.validity = record.ttl().multipliedBy(4).dividedBy(5);
        this.renewAfter = record.ttl().dividedBy(3);
    }

    /** Greater than that of everybody who has held this lease before. */
    public synchronized long token() {
        return record.token();
    }

    /** What holders have left here, this one included. */
    public synchronized Map<String, String> attributes() {
        return record.attributes();
    }

    /** Whether the lease is held, as far as this process can tell without asking. */
    public synchronized boolean isHeld() {
        lost |= used().compareTo(validity) >= 0;
        return !lost;
    }

    /** Added up from look to look, so that setting the clock back hides nothing but what passed since the last one. */
    private Duration used() {
        LeaseTime.Moment now = time.now();
        used = used.plus(LeaseTime.longest(looked, now));
        looked = now;
        return used;
    }

    /**
     * Fails if the lease is not held for certain; renews it if a third of its time to live has passed.
     *
     * @throws PreconditionFailedException if it was lost: stop, and leave what is not done to whoever holds it now
     */
    public void ensureHeld() throws IOException {
        ensureHeldFor(Duration.ZERO, Map::of);
    }

    /**
     * The same, and leaves attributes whenever it renews the lease.
     *
     * @param attributes asked just before a renewal
     */
    public void ensureHeld(Supplier<Map<String, String>> attributes) throws IOException {
        ensureHeldFor(Duration.ZERO, attributes);
    }

    /**
     * As {@link #ensureHeld}, for a step that takes time.
     *
     * @param ahead how long the lease must be held from now on without being renewed; less than two fifths of its time
     *     to live
     * @throws PreconditionFailedException if it was lost, or would be before that time is over and cannot be renewed
     */
    void ensureHeldFor(Duration ahead) throws IOException {
        ensureHeldFor(ahead, Map::of);
    }

    private synchronized void ensureHeldFor(Duration ahead, Supplier<Map<String, String>> attributes)
            throws IOException {
        requireHeld();
        if (used().compareTo(renewAfter) >= 0) {
            try {
                update(attributes.get());
            } catch (PreconditionFailedException e) {
                throw e;
            } catch (IOException e) {
                requireHeld();
                LOG.warn("cannot renew the lease {}, which is still held for a while: {}", record.name(), e.toString());
            }
        }
        requireHeld();
        if (validity.minus(used()).compareTo(ahead) < 0) {
            throw new PreconditionFailedException("the lease " + record.name() + " (token " + record.token() + ") in "
                    + store + " is held for less than " + ahead
                    + " and could not be renewed; what is not done yet must be started again");
        }
    }

    /**
     * Starts its time to live anew.
     *
     * @throws PreconditionFailedException if the lease was lost
     */
    public void renew() throws IOException {
        update(Map.of());
    }

    /**
     * Leaves attributes for those who come after, and renews the lease.
     *
     * @param changed few and short strings; others stay as they are
     * @throws PreconditionFailedException if the lease was lost; nothing was written
     */
    public synchronized void update(Map<String, String> changed) throws IOException {
        requireHeld();
        LeaseTime.Moment sent = time.now();
        LeaseRecord next = record.renewed(changed);
        try {
            etag = store.write(next, PutCondition.ifMatch(etag)).etag();
        } catch (PreconditionFailedException e) {
            // A former renewal may have arrived although its reply did not: then the version is not the one we know,
            // but ours.
            next = current().renewed(changed);
            sent = time.now();
            etag = store.write(next, PutCondition.ifMatch(etag)).etag();
        }
        record = next;
        looked = sent;
        used = Duration.ZERO;
    }

    /** Adopts the version that the store has, if it is ours. */
    private LeaseRecord current() throws IOException {
        Optional<LeaseStore.Version> found = store.find(record.name());
        if (found.isEmpty()
                || found.get().lease().token() != record.token()
                || !found.get().lease().holder().equals(record.holder())) {
            lost = true;
            throw wasLost();
        }
        etag = found.get().etag();
        return found.get().lease();
    }

    private void requireHeld() throws PreconditionFailedException {
        if (!isHeld()) {
            throw wasLost();
        }
    }

    private PreconditionFailedException wasLost() {
        return new PreconditionFailedException(
                "the lease " + record.name() + " (token " + record.token() + ") in " + store
                        + " was lost: this process did not renew it within " + validity
                        + ", or another took it; what it was doing must be started again");
    }

    /** Gives the lease back, if it is still held. If that fails it expires by itself. */
    @Override
    public synchronized void close() {
        if (isHeld()) {
            lost = true;
            try {
                store.write(record.released(), PutCondition.ifMatch(etag));
            } catch (IOException e) {
                LOG.info("cannot give back the lease {}, which will expire: {}", record.name(), e.toString());
            }
        }
    }

    @Override
    public synchronized String toString() {
        return "lease " + record.name() + " (token " + record.token() + (isHeld() ? ", held)" : ", lost)");
    }
}
