package io.kvbackup.format;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The archive formats by name. */
public final class ArchiveFormats {
    private static final List<ArchiveFormat> ALL =
            List.of(new CborArchiveFormat(), new JsonArchiveFormat(), new TarArchiveFormat());

    private ArchiveFormats() {}

    /**
     * The format of that name: {@code cbor}, {@code json} or {@code tar}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ArchiveFormat named(String name) {
        return ALL.stream()
                .filter(format -> format.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown archive format '" + name + "'; known: " + String.join(", ", names())));
    }

    /** All names. */
    public static Set<String> names() {
        return ALL.stream().map(ArchiveFormat::name).collect(Collectors.toUnmodifiableSet());
    }
}
