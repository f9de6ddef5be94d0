package io.kvbackup.job;

import io.kvbackup.disk.PartName;
import io.kvbackup.format.LeaseRecord;
import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseStore;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Claims that are leases in the store, {@code leases/schedule-<instance>-<name>.json}, where a dash in the instance is
 * {@code ~2d~}. Their attribute {@code served} is the last slot that was served. Whoever holds the lease serves the
 * slot, and says so before giving the lease back; if it dies, the next holder serves the slot again.
 *
 * @param leases in the store
 * @param instance shared by the processes that are to take turns
 * @param ttl how long a dead process's claim stands in the way of others
 */
record LeasedSlots(LeaseStore leases, String instance, Duration ttl) implements SlotClaims {
    private static final String SERVED = "served";

    /** The instance has no dash of its own there, so the first one after it ends it. */
    static String lease(String instance, String name) {
        return "schedule-" + PartName.escape(instance, c -> c != '-') + "-" + name;
    }

    private String lease(String name) {
        return lease(instance, name);
    }

    @Override
    public Answer claim(String name, Instant slot) throws IOException {
        if (isServed(leases.read(lease(name)).map(LeaseRecord::attributes).orElse(Map.of()), slot)) {
            return new Answer.Served();
        }
        Optional<Lease> lease = leases.tryAcquire(lease(name), ttl);
        if (lease.isEmpty()) {
            return new Answer.Busy(ttl.dividedBy(4));
        }
        if (isServed(lease.get().attributes(), slot)) {
            lease.get().close();
            return new Answer.Served();
        }
        return new Answer.Won(new Held(lease.get()));
    }

    /** What was served long after this slot was served by a wrong clock; see {@link ScheduledTask#SETBACK}. */
    private static boolean isServed(Map<String, String> attributes, Instant slot) {
        return served(attributes)
                .filter(last -> !last.isBefore(slot) && !last.isAfter(slot.plus(ScheduledTask.SETBACK)))
                .isPresent();
    }

    private static Optional<Instant> served(Map<String, String> attributes) {
        try {
            return Optional.ofNullable(attributes.get(SERVED)).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<Instant> lastServed(String name) throws IOException {
        return leases.read(lease(name)).flatMap(record -> served(record.attributes()));
    }

    @Override
    public Optional<Duration> upkeep() {
        return Optional.of(ttl.dividedBy(3));
    }

    private record Held(Lease lease) implements Claim {
        @Override
        public void ensureHeld() throws IOException {
            lease.ensureHeld();
        }

        @Override
        public void served(Instant slot) throws IOException {
            lease.update(Map.of(SERVED, slot.toString()));
        }

        @Override
        public void release() {
            lease.close();
        }
    }
}
