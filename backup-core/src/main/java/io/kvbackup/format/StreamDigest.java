package io.kvbackup.format;

import java.util.regex.Pattern;

/**
 * Length and digest of a run of bytes.
 *
 * @param bytes length
 * @param sha256 lower-case hex
 */
public record StreamDigest(long bytes, String sha256) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public StreamDigest {
        if (bytes < 0 || !HEX.matcher(sha256).matches()) {
            throw new IllegalArgumentException("not a length and a SHA-256 in hex: " + bytes + ", " + sha256);
        }
    }
}
