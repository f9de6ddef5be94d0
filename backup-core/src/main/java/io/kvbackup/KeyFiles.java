package io.kvbackup;

import io.kvbackup.encryption.EncryptionKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Keys that settings name by file. Only files: a value in the environment or among properties shows in process lists, dumps and
 * logs.
 */
final class KeyFiles {
    private static final int KEY_BYTES = 32;

    private KeyFiles() {}

    /**
     * @return empty if the settings name no key
     * @throws IllegalArgumentException if they contradict each other, or a file has no key; never shows its content
     * @throws IOException if a file cannot be read
     */
    static Optional<EncryptionKeys> read(Settings settings) throws IOException {
        Optional<EncryptionKeys> current = read(
                settings,
                Settings.Key.ENCRYPTION_KEY_FILE,
                Settings.Key.ENCRYPTION_KEY_ID,
                Settings.Key.ENCRYPTION_PASSWORD_FILE);
        Optional<EncryptionKeys> older = read(
                settings,
                Settings.Key.ENCRYPTION_OLDER_KEY_FILE,
                Settings.Key.ENCRYPTION_OLDER_KEY_ID,
                Settings.Key.ENCRYPTION_OLDER_PASSWORD_FILE);
        if (older.isEmpty()) {
            return current;
        }
        return Optional.of(
                current.orElseThrow(() -> new IllegalArgumentException("an older key is set but no current one; set "
                                + Settings.Key.ENCRYPTION_KEY_FILE.property() + " or "
                                + Settings.Key.ENCRYPTION_PASSWORD_FILE.property()))
                        .withOlder(older.get()));
    }

    private static Optional<EncryptionKeys> read(
            Settings settings, Settings.Key keyFile, Settings.Key keyId, Settings.Key passwordFile) throws IOException {
        Optional<String> key = settings.get(keyFile);
        Optional<String> id = settings.get(keyId);
        Optional<String> password = settings.get(passwordFile);
        if (key.isPresent() && password.isPresent()) {
            throw new IllegalArgumentException(
                    "both " + keyFile.property() + " and " + passwordFile.property() + " are set; remove one of them");
        }
        if (key.isPresent() ? id.isEmpty() : id.isPresent() && password.isEmpty()) {
            throw new IllegalArgumentException(
                    keyFile.property() + " and " + keyId.property() + " go together; set both or none");
        }
        if (key.isPresent()) {
            return Optional.of(raw(id.orElseThrow(), Path.of(key.get())));
        }
        return password.isPresent()
                ? Optional.of(password(id.orElse("password"), Path.of(password.get())))
                : Optional.empty();
    }

    private static EncryptionKeys raw(String id, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        byte[] secret = content.length == KEY_BYTES ? content.clone() : decoded(content, file);
        try {
            return EncryptionKeys.ofRaw(id, secret);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("file " + file + ": " + e.getMessage(), e);
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static byte[] decoded(byte[] content, Path file) {
        try {
            return Base64.getMimeDecoder().decode(content);
        } catch (IllegalArgumentException e) {
            // Without the cause: its message may show a character of the secret.
            throw new IllegalArgumentException("file " + file + " has " + content.length
                    + " bytes; it must have a key of " + KEY_BYTES + " bytes, as they are or in base64");
        }
    }

    /** The first line, so that an editor's line break does no harm. */
    private static EncryptionKeys password(String id, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("file " + file + " is not text in UTF-8", e);
        }
        char[] chars = new char[text.length()];
        text.get(chars);
        int end = 0;
        while (end < chars.length && chars[end] != '\n' && chars[end] != '\r') {
            end++;
        }
        char[] password = Arrays.copyOf(chars, end);
        try {
            return EncryptionKeys.ofPassword(id, password, EncryptionKeys.DEFAULT_ITERATIONS);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("file " + file + ": " + e.getMessage(), e);
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(chars, '\0');
            Arrays.fill(password, '\0');
            Arrays.fill(text.array(), '\0');
        }
    }
}
