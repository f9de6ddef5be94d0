package io.kvbackup.storage.faults;

import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Faults by chance. With the same seed and the same order of requests, the same ones. Safe for use by several threads.
 */
public final class SeededFaults implements ProxyScript {
    private static final int[] STATUSES = {503, 503, 500, 429};

    /** Most bodies are small, and some answers have none. */
    private static final int[] CUTS = {1, 50, 500, 1 << 20};

    private static final int REFUSED_MILLIS = 30;
    private static final int SMALLEST_PIECE = 8 * 1024;

    private final Random random;
    private final double probability;
    private final List<Kind> kinds;
    private final Map<Kind, Integer> struck = new EnumMap<>(Kind.class);
    private int stalls;

    /**
     * @param probability of a fault for each request
     * @param stalls how many requests may stall at most, since each costs the client a time-out
     */
    public SeededFaults(long seed, double probability, int stalls, Kind... kinds) {
        this.random = new Random(seed);
        this.probability = probability;
        this.stalls = stalls;
        this.kinds = List.of(kinds);
    }

    @Override
    public synchronized ProxyFault faultFor(ProxyRequest request) {
        if (random.nextDouble() >= probability) {
            return ProxyFault.NONE;
        }
        Kind kind = kinds.get(random.nextInt(kinds.size()));
        boolean stall = kind == Kind.STALL_REQUEST || kind == Kind.STALL_RESPONSE;
        if (stall && stalls-- <= 0) {
            return ProxyFault.NONE;
        }
        struck.merge(kind, 1, Integer::sum);
        return new ProxyFault(kind, number(kind));
    }

    private int number(Kind kind) {
        return switch (kind) {
            case STATUS, STATUS_AFTER_EFFECT -> STATUSES[random.nextInt(STATUSES.length)];
            case REFUSE -> 1 + random.nextInt(REFUSED_MILLIS);
            case TRICKLE -> SMALLEST_PIECE + random.nextInt(SMALLEST_PIECE);
            default -> random.nextInt(CUTS[random.nextInt(CUTS.length)]);
        };
    }

    /** How many faults of each kind have struck. */
    public synchronized Map<Kind, Integer> struck() {
        return new EnumMap<>(struck);
    }
}
