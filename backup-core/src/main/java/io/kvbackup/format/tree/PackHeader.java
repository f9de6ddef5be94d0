package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a pack begins with: {@code KVBPACK1}, a byte of flags (1: encrypted), the pack's id and, if it is encrypted, 32
 * bytes of salt.
 *
 * @param salt null if the pack is not encrypted
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PackHeader(PackId id, byte @Nullable [] salt) {
    public static final int SALT_BYTES = 32;
    /** Of a pack that is not encrypted. */
    public static final int BYTES = 8 + 1 + PackId.BYTES;
    /** Of one that is. */
    public static final int ENCRYPTED_BYTES = BYTES + SALT_BYTES;

    private static final byte[] MAGIC = {'K', 'V', 'B', 'P', 'A', 'C', 'K', '1'};
    private static final int ENCRYPTED = 1;

    public PackHeader {
        if (salt != null && salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("a salt of " + salt.length + " bytes instead of " + SALT_BYTES);
        }
    }

    /** Bytes of the header, which the first frame follows. */
    public int length() {
        return salt == null ? BYTES : ENCRYPTED_BYTES;
    }

    byte[] encode() {
        BytesOut to = new BytesOut(length()).raw(MAGIC).int8(salt == null ? 0 : ENCRYPTED);
        id.write(to);
        return salt == null ? to.toBytes() : to.raw(salt).toBytes();
    }

    /**
     * Reads a header and proves that it is that of the pack.
     *
     * @param start the pack's first bytes: {@value #BYTES}, or {@value #ENCRYPTED_BYTES} if it should be encrypted, or
     *     more
     * @param encrypted whether it should be
     * @param expected the pack's id, from its name
     * @throws CorruptBackupException if the pack is another one, of another kind or too new
     */
    public static PackHeader decode(byte[] start, PackId expected, boolean encrypted) throws CorruptBackupException {
        BytesIn in = new BytesIn(start, 0, start.length, "header of pack " + expected);
        byte[] magic = in.take(MAGIC.length, "magic number");
        if (!Arrays.equals(magic, MAGIC)) {
            throw in.damaged("no pack of a known version begins with "
                    + HexFormat.of().formatHex(magic) + "; if the pack is newer than this library, update the library");
        }
        int flags = in.int8("flags");
        if (flags != (encrypted ? ENCRYPTED : 0)) {
            throw in.damaged(
                    "flags are " + flags + ", and the pack should " + (encrypted ? "" : "not ") + "be encrypted");
        }
        PackId id = PackId.read(in);
        if (!id.equals(expected)) {
            throw in.damaged("it is of pack " + id);
        }
        return new PackHeader(id, encrypted ? in.take(SALT_BYTES, "salt") : null);
    }
}
