package io.kvbackup;

import io.kvbackup.encryption.EncryptionKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Keys that settings name by file. Only files: a value in the environment or among properties shows in process lists,
 * dumps and logs.
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
        return Optional.of(current.orElseThrow(() ->
                        new IllegalArgumentException("settings name an older encryption key but no current one; set "
                                + settings.name(Settings.Key.ENCRYPTION_KEY_FILE) + " or "
                                + settings.name(Settings.Key.ENCRYPTION_PASSWORD_FILE)))
                .withOlder(older.get()));
    }

    private static Optional<EncryptionKeys> read(
            Settings settings, Settings.Key keyFile, Settings.Key keyId, Settings.Key passwordFile) throws IOException {
        Optional<String> key = settings.get(keyFile);
        Optional<String> id = settings.get(keyId);
        Optional<String> password = settings.get(passwordFile);
        if (key.isPresent() && password.isPresent()) {
            throw new IllegalArgumentException("both " + settings.name(keyFile) + " and " + settings.name(passwordFile)
                    + " are set; remove one of them");
        }
        if (key.isPresent() ? id.isEmpty() : id.isPresent() && password.isEmpty()) {
            throw new IllegalArgumentException(
                    settings.name(keyFile) + " and " + settings.name(keyId) + " go together; set both or none");
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
            if (content.length == KEY_BYTES && TextFile.looksLikeUtf16(content)) {
                throw new IllegalArgumentException(
                        "it seems to be text in UTF-16, not a key of " + KEY_BYTES + " bytes");
            }
            return EncryptionKeys.ofRaw(id, secret);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("file " + file + ": " + e.getMessage(), e);
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Passes over byte order marks, line ends, and the zeros between the letters of UTF-16. */
    private static byte[] decoded(byte[] content, Path file) {
        byte[] secret = {};
        try {
            secret = Base64.getMimeDecoder().decode(content);
        } catch (IllegalArgumentException e) {
            // Its message may show a character of the secret.
        }
        if (secret.length != KEY_BYTES) {
            throw new IllegalArgumentException("file " + file + " has " + content.length + " bytes; a key must have "
                    + KEY_BYTES
                    + " bytes, as they are or in base64. Editors and text-mode transfers change a key as it is;"
                    + " one in base64 may be saved in UTF-8 or UTF-16, with a byte order mark and any line ends");
        }
        return secret;
    }

    /** The first line, so that an editor's line break does no harm. */
    private static EncryptionKeys password(String id, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        char[] password = {};
        try {
            TextFile text = TextFile.of(content);
            password = text.first();
            EncryptionKeys keys = EncryptionKeys.ofPassword(id, password, EncryptionKeys.DEFAULT_ITERATIONS);
            return text.marked() ? MarkedPassword.keys(keys, id, password) : keys;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("file " + file + ": " + e.getMessage(), e);
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(password, '\0');
        }
    }
}
