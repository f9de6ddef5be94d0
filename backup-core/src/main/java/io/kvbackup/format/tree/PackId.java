package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.security.SecureRandom;
import java.time.Clock;

/**
 * What a pack is called in nodes: 8 bytes of milliseconds since 1970, and 8 random ones. The pack's name tells both.
 *
 * @param millis when it was begun
 * @param random tells packs of one instant apart
 */
public record PackId(long millis, long random) {
    static final int BYTES = 16;

    /** A new one. */
    public static PackId random(Clock clock, SecureRandom random) {
        return new PackId(clock.millis(), random.nextLong());
    }

    /**
     * Reads what {@link #toString} gives.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static PackId parse(String hex) {
        if (!hex.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("'" + hex + "' is not a pack id in lower-case hex");
        }
        return new PackId(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
    }

    /** The random part as it stands in names: 16 digits of lower-case hex. */
    public String randomHex() {
        return String.format("%016x", random);
    }

    void write(BytesOut to) {
        to.int64(millis).int64(random);
    }

    static PackId read(BytesIn from) throws CorruptBackupException {
        return new PackId(from.int64("pack id"), from.int64("pack id"));
    }

    /** All 16 bytes in lower-case hex. */
    @Override
    public String toString() {
        return String.format("%016x%016x", millis, random);
    }
}
