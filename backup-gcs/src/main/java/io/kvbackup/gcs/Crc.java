package io.kvbackup.gcs;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** CRC32C as GCS writes it: base64 of four bytes, the highest first. */
final class Crc {
    private static final String LABEL = "crc32c=";

    private Crc() {}

    static String encode(CRC32C crc) {
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    static String header(CRC32C crc) {
        return LABEL + encode(crc);
    }

    /**
     * From values of {@code x-goog-hash}, each of which may hold several, separated by commas; null if there is none.
     */
    static @Nullable String ofHeader(List<String> values) {
        for (String value : values) {
            for (String hash : value.split(",", -1)) {
                if (hash.strip().startsWith(LABEL)) {
                    return hash.strip().substring(LABEL.length());
                }
            }
        }
        return null;
    }
}
