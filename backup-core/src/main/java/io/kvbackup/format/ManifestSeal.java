package io.kvbackup.format;

import io.kvbackup.model.CorruptBackupException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The last field of every manifest: the SHA-256 of all bytes before it. */
final class ManifestSeal {
    private static final String START = ",\"manifestSha256\":\"";
    private static final String END = "\"}";
    private static final int LENGTH = START.length() + 64 + END.length();

    private ManifestSeal() {}

    /** @param json an object that has fields, without its closing brace */
    static byte[] seal(String json) {
        return (json + START + sha256(json.getBytes(StandardCharsets.UTF_8)) + END).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @return what was sealed: the object without its last field and closing brace
     * @throws CorruptBackupException if the seal does not fit
     */
    static byte[] open(byte[] bytes, String source) throws CorruptBackupException {
        int body = bytes.length - LENGTH;
        if (body > 0) {
            byte[] content = Arrays.copyOf(bytes, body);
            byte[] expected = (START + sha256(content) + END).getBytes(StandardCharsets.UTF_8);
            if (MessageDigest.isEqual(expected, Arrays.copyOfRange(bytes, body, bytes.length))) {
                return content;
            }
        }
        throw new CorruptBackupException(
                source + " does not match its own digest 'manifestSha256': it was damaged or edited");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
