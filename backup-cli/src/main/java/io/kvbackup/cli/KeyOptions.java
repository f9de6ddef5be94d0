package io.kvbackup.cli;

import io.kvbackup.database.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which keys. A key is text, or bytes as {@code hex:0a1b} or {@code base64:Chs=}. */
final class KeyOptions {
    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Only this key: text, or hex:0a1b, or base64:Chs= (text:hex:... for a text that begins so).")
    @Nullable
    String key;

    @Option(names = "--prefix", paramLabel = "KEY", description = "Only keys that begin so.")
    @Nullable
    String prefix;

    @Option(names = "--from-key", paramLabel = "KEY", description = "Only keys from this one on.")
    @Nullable
    String from;

    @Option(names = "--to-key", paramLabel = "KEY", description = "Only keys before this one.")
    @Nullable
    String to;

    boolean isOneKey() {
        return key != null;
    }

    @SuppressWarnings("NullAway") // reads no annotations of arrays from class files: a range may have no end
    KeyRange range() {
        long ways = Stream.of(key != null, prefix != null, from != null || to != null)
                .filter(given -> given)
                .count();
        if (ways > 1) {
            throw new IllegalArgumentException(
                    "--key, --prefix and --from-key with --to-key are three ways to choose keys; use one of them");
        }
        if (key != null) {
            return KeyRange.only(bytes(key));
        }
        return prefix != null
                ? KeyRange.startingWith(bytes(prefix))
                : new KeyRange(from == null ? new byte[0] : bytes(from), to == null ? null : bytes(to));
    }

    static byte[] bytes(String text) {
        try {
            if (text.startsWith("hex:")) {
                return HexFormat.of().parseHex(text.substring(4));
            } else if (text.startsWith("base64:")) {
                return Base64.getDecoder().decode(text.substring(7));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not a key: " + e.getMessage(), e);
        }
        return (text.startsWith("text:") ? text.substring(5) : text).getBytes(StandardCharsets.UTF_8);
    }

    /** As {@link #bytes} reads it. */
    static String text(byte[] key) {
        String text = Utf8.text(key);
        if (text != null && isPlain(text)) {
            return text;
        }
        return "hex:" + HexFormat.of().formatHex(key);
    }

    private static boolean isPlain(String text) {
        return text.chars().noneMatch(Character::isISOControl)
                && !text.startsWith("hex:")
                && !text.startsWith("base64:")
                && !text.startsWith("text:");
    }
}
