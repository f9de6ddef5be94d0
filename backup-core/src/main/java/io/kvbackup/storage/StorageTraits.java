package io.kvbackup.storage;

import io.kvbackup.storage.StorageClient.Conditions;
import java.util.Objects;

/**
 * What a client knows of itself and its store. It never changes while the client lives.
 *
 * @param conditions whether one can rely on conditional uploads. If that is unknown, a manager tries them; it refuses a
 *     store that does not keep them, unless the host declares itself the only writer
 * @param retriesItself whether the client itself repeats failed requests, as many vendors' clients do. A decorator then
 *     repeats no request, but may still resume a broken download
 * @param ownClock whether the times of all objects come from one clock, that of the store and not those of its writers.
 *     {@code false} is always safe: a backup then asks once more, at its end, whether a prune with a wrong clock has
 *     taken its archive, and a prune removes nothing while clocks contradict each other
 * @param partSize the largest content, in bytes, that an upload sends in one request; at least 1. Larger content goes
 *     up in parts or chunks, and some servers then ignore the condition; so a check tries content that is larger than
 *     this
 */
public record StorageTraits(Conditions conditions, boolean retriesItself, boolean ownClock, long partSize) {
    /** Conditions are kept, nothing is repeated, times may be those of the writers, and a part has 5 MiB. */
    public static final StorageTraits DEFAULTS = new StorageTraits(Conditions.KEPT, false, false, 5 << 20);

    public StorageTraits {
        Objects.requireNonNull(conditions, "conditions");
        if (partSize < 1) {
            throw new IllegalArgumentException("partSize must be at least 1, not " + partSize);
        }
    }

    public StorageTraits withConditions(Conditions known) {
        return new StorageTraits(known, retriesItself, ownClock, partSize);
    }

    public StorageTraits withRetriesItself(boolean repeats) {
        return new StorageTraits(conditions, repeats, ownClock, partSize);
    }

    public StorageTraits withOwnClock(boolean own) {
        return new StorageTraits(conditions, retriesItself, own, partSize);
    }

    public StorageTraits withPartSize(long bytes) {
        return new StorageTraits(conditions, retriesItself, ownClock, bytes);
    }
}
