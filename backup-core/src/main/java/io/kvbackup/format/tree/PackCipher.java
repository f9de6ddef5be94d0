package io.kvbackup.format.tree;

import io.kvbackup.pipeline.DataKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** The key of one attempt to write a pack. Safe for use by several threads. */
public final class PackCipher {
    private final PackHeader header;
    private final byte[] salt;
    private final FrameCipher frames;

    private PackCipher(DataKey packKey, String objectName, PackHeader header, byte[] salt) {
        this.header = header;
        this.salt = salt;
        BytesOut id = new BytesOut(PackId.BYTES);
        header.id().write(id);
        this.frames = new FrameCipher(
                packKey.derive(salt, ("kvbackup.pack:" + objectName).getBytes(StandardCharsets.UTF_8)),
                id.toBytes(),
                "pack " + header.id());
    }

    /**
     * For a pack that is to be written. Each attempt needs its own: the salt is new, so no nonce is ever used twice
     * under one key.
     *
     * @param packKey of the lineage
     * @param objectName the pack's
     */
    public static PackCipher forWriting(DataKey packKey, String objectName, PackId id, SecureRandom random) {
        byte[] salt = new byte[PackHeader.SALT_BYTES];
        random.nextBytes(salt);
        return new PackCipher(packKey, objectName, new PackHeader(id, salt), salt);
    }

    /** @param header of the pack, which must be an encrypted one */
    public static PackCipher forReading(DataKey packKey, String objectName, PackHeader header) {
        byte[] salt = header.salt();
        if (salt == null) {
            throw new IllegalArgumentException(objectName + " is not encrypted");
        }
        return new PackCipher(packKey, objectName, header, salt);
    }

    PackHeader header() {
        return new PackHeader(header.id(), salt);
    }

    FrameCipher frames() {
        return frames;
    }
}
