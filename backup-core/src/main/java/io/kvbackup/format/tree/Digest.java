package io.kvbackup.format.tree;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** A SHA-256, in four numbers: compared often, and held for each chunk that is looked at. */
public record Digest(long first, long second, long third, long fourth) {
    public static final int BYTES = 32;

    /** @param bytes holds {@value #BYTES} from {@code offset} on */
    public static Digest of(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES);
        return new Digest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /**
     * Reads what {@link #toString} gives.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static Digest parse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        Digest digest = bytes.length == BYTES ? of(bytes, 0) : null;
        if (digest == null || !digest.toString().equals(hex)) {
            throw new IllegalArgumentException("'" + hex + "' is not a SHA-256 in lower-case hex");
        }
        return digest;
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(first)
                .putLong(second)
                .putLong(third)
                .putLong(fourth)
                .array();
    }

    /** Lower-case hex. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
