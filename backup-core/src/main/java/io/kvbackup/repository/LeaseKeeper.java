package io.kvbackup.repository;

import io.kvbackup.storage.PreconditionFailedException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a lease on a thread of its own, as long as a request goes on during which its user cannot. Closing does not
 * wait for a renewal that is under way; whether the lease was lost, its user has to ask. Used by one thread.
 */
public final class LeaseKeeper implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

    /** A look costs nothing, and a renewal comes when the lease wants it. */
    private static final long LOOK_MILLIS = 500;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "kvbackup-lease");
        made.setDaemon(true);
        return made;
    });

    private final Lease lease;
    private final Supplier<Map<String, String>> attributes;
    private final Future<?> looks;
    private volatile boolean lost;

    public LeaseKeeper(Lease lease) {
        this(lease, Map::of);
    }

    /** @param attributes left with every renewal */
    public LeaseKeeper(Lease lease, Supplier<Map<String, String>> attributes) {
        this.lease = lease;
        this.attributes = attributes;
        looks = thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @throws io.kvbackup.storage.PreconditionFailedException if the lease was lost */
    public void ensureHeld() throws IOException {
        lease.ensureHeld();
    }

    /** Whether it was found to be lost; asks nobody, so it does not wait either. */
    public boolean isLost() {
        return lost;
    }

    private void look() {
        try {
            lease.ensureHeld(attributes);
        } catch (PreconditionFailedException e) {
            lost = true;
            LOG.debug("{}", e.toString());
        } catch (IOException | RuntimeException e) {
            LOG.debug("cannot keep the {}: {}", lease, e.toString());
        }
    }

    @Override
    public void close() {
        looks.cancel(false);
        thread.shutdown();
    }
}
