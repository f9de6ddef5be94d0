package io.kvbackup.format;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest says of a pack in which chunks or nodes of the backup lie.
 *
 * @param name of the object
 * @param stored its length and digest
 * @param live how many of its bytes this backup still needs, about
 * @param key id of the pack key it is encrypted under, or {@code null} if it is not
 */
public record PackRecord(
        String name,
        StreamDigest stored,
        long live,
        @Nullable String key) {
    public PackRecord {
        Objects.requireNonNull(name, "name");
        if (live < 0 || live > stored.bytes()) {
            throw new IllegalArgumentException(
                    "pack " + name + " of " + stored.bytes() + " bytes, of which " + live + " are said to be live");
        }
    }
}
