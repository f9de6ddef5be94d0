package io.kvbackup.storage.fake;

import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import java.util.List;

/**
 * How often which faults strike.
 *
 * @param probability of a fault for each request, 0 to 1
 * @param kinds those that may strike, each as likely as any other; one that stands there twice is twice as likely
 */
public record FaultMix(double probability, List<Fault> kinds) {
    public FaultMix {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability must be from 0 to 1, not " + probability);
        }
        kinds = List.copyOf(kinds);
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("a mix needs at least one kind of fault");
        }
    }

    /** Faults of some kinds. */
    public static FaultMix of(double probability, Fault... kinds) {
        return new FaultMix(probability, List.of(kinds));
    }

    /** All faults of a store that keeps its promises: all but stale listings, and hanging against interrupts. */
    public static FaultMix everything(double probability) {
        return of(probability, Fault.BEFORE, Fault.AFTER, Fault.PARTIAL, Fault.SLOW, Fault.THROTTLED, Fault.HANG);
    }
}
