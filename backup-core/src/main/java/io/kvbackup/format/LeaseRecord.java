package io.kvbackup.format;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the store knows of a lease. Never deleted, so that its token never restarts.
 *
 * @param name of the lease
 * @param token grows with every acquisition
 * @param holder random id of who holds it; empty when it was given back
 * @param ttl how long the record must have stood unchanged before somebody else may take the lease
 * @param renewals grows with every write by one holder, so that no two writes are alike
 * @param acquiredAt by the holder's clock; for people
 * @param attributes what holders leave for those who come after them
 */
public record LeaseRecord(
        String name,
        long token,
        Optional<String> holder,
        Duration ttl,
        long renewals,
        Instant acquiredAt,
        Map<String, String> attributes) {
    /** Whoever held a lease for longer than this would be in everybody's way after his death. */
    public static final Duration MAX_TTL = Duration.ofDays(1);

    public LeaseRecord {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(holder, "holder");
        Objects.requireNonNull(acquiredAt, "acquiredAt");
        if (token < 0 || renewals < 0 || token == Long.MAX_VALUE || renewals == Long.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "token " + token + " or number of renewals " + renewals + " is negative, or has no next one");
        }
        if (ttl.isNegative() || ttl.isZero() || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException("ttl must be positive and at most " + MAX_TTL + ", not " + ttl);
        }
        attributes = Map.copyOf(attributes);
    }

    /** The record of somebody who takes the lease now. */
    public LeaseRecord takenBy(String newHolder, Duration newTtl, Instant now) {
        return new LeaseRecord(name, token + 1, Optional.of(newHolder), newTtl, 0, now, attributes);
    }

    /** The same holder's next record. */
    public LeaseRecord renewed(Map<String, String> changedAttributes) {
        Map<String, String> all = new TreeMap<>(attributes);
        all.putAll(changedAttributes);
        return new LeaseRecord(name, token, holder, ttl, renewals + 1, acquiredAt, all);
    }

    /** The record of a lease that nobody holds any more. */
    public LeaseRecord released() {
        return new LeaseRecord(name, token, Optional.empty(), ttl, renewals + 1, acquiredAt, attributes);
    }
}
