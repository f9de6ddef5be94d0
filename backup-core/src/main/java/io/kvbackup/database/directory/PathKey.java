package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Names of files as bytes. On Unix a name is any bytes but {@code /} and NUL; Java's texts lose those that are not in
 * the locale's character set, its URIs do not.
 */
final class PathKey {
    static final byte[] ROOT = {};
    private static final boolean UNIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

    private PathKey() {}

    /** The last name of a path. */
    static byte[] nameOf(Path path) throws IOException {
        Path name = path.getFileName();
        return name == null ? new byte[0] : bytesOf(name);
    }

    /** A whole path, absolute or not. */
    static byte[] bytesOf(Path path) throws IOException {
        String text = UNIX ? path.toString() : path.toString().replace('\\', '/');
        if (isAscii(text)) {
            return text.getBytes(US_ASCII);
        }
        if (UNIX) {
            // The URI of a folder that exists ends with a slash.
            String raw = Path.of("/").resolve(path).toUri().getRawPath();
            String trimmed = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
            return PercentText.decode(path.isAbsolute() ? trimmed : trimmed.substring(1));
        }
        try {
            ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IOException("the name of " + path + " is not Unicode text; rename the file", e);
        }
    }

    /** The opposite of {@link #bytesOf}. */
    static Path pathOf(byte[] bytes) throws IOException {
        String text = textOf(bytes);
        if (text != null) {
            return Path.of(text);
        }
        Path absolute = Path.of(URI.create("file:///" + PercentText.encode(bytes)));
        return bytes[0] == '/' ? absolute : absolute.subpath(0, absolute.getNameCount());
    }

    /**
     * Where a key's file is below a folder.
     *
     * @throws IOException if the key names nothing below the folder, or nothing that this system can name
     */
    static Path resolve(Path folder, byte[] key) throws IOException {
        if (key.length == 0) {
            return folder;
        }
        Path path = folder;
        int start = 0;
        for (int i = 0; i <= key.length; i++) {
            if (i == key.length || key[i] == '/') {
                path = child(path, Arrays.copyOfRange(key, start, i), key);
                start = i + 1;
            }
        }
        return path;
    }

    private static Path child(Path parent, byte[] name, byte[] key) throws IOException {
        String text = textOf(name);
        boolean nothing = name.length == 0 || ".".equals(text) || "..".equals(text);
        for (byte b : name) {
            nothing |= b == 0;
        }
        if (nothing) {
            throw new IOException("\"" + show(key) + "\" is not the path of a file below the folder");
        }
        try {
            Path child = text != null
                    ? parent.resolve(text)
                    : Path.of(URI.create(withoutSlash(parent.toUri().toString()) + "/" + PercentText.encode(name)));
            if (!parent.equals(child.getParent())) {
                throw new InvalidPathException(show(name), "it is more than a name");
            }
            return child;
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "\"" + show(key) + "\" cannot be the path of a file on this system: " + e.getMessage(), e);
        }
    }

    private static @Nullable String textOf(byte[] name) throws IOException {
        String text = new String(name, US_ASCII);
        if (isAscii(text)) {
            return text;
        }
        if (UNIX) {
            return null;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("\"" + show(name) + "\" cannot be a name on this system: it is not UTF-8", e);
        }
    }

    /** As people read it in messages. */
    static String show(byte[] key) {
        return PercentText.encode(key).replace("%20", " ");
    }

    static byte[] join(byte[] folder, byte[] name) {
        if (folder.length == 0) {
            return name;
        }
        byte[] key = Arrays.copyOf(folder, folder.length + 1 + name.length);
        key[folder.length] = '/';
        System.arraycopy(name, 0, key, folder.length + 1, name.length);
        return key;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
