package io.kvbackup.repository;

import io.kvbackup.format.ArchiveFormat;
import io.kvbackup.format.ArchiveFormats;
import io.kvbackup.model.BackupKind;
import io.kvbackup.pipeline.TransformChain;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An archive format and the transforms that follow it, as they stand in file names: {@code cbor.zst}.
 *
 * @param format name of an archive format, or {@link #TREE}
 * @param transforms applied to its bytes, first to last
 */
public record FormatChain(String format, TransformChain transforms) {
    /** The format of the document of an incremental backup, which is no archive. */
    public static final String TREE = "tree";

    /** Leaves room in a segment of a key for a time stamp and the longest mark. */
    static final int MAX_LENGTH = 120;

    /**
     * Reads {@code json}, {@code cbor.zst}, {@code .tar.bz2}, ….
     *
     * @throws IllegalArgumentException if a part is unknown; says which, and what is known; or if there are far too
     *     many
     */
    public static FormatChain parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("the format '" + text.substring(0, MAX_LENGTH) + "…' has "
                    + text.length() + " characters; more than " + MAX_LENGTH + " do not fit into a name");
        }
        List<String> parts = Arrays.asList((text.startsWith(".") ? text.substring(1) : text).split("\\.", -1));
        String format = parts.get(0);
        return new FormatChain(
                format.equals(TREE) ? TREE : ArchiveFormats.named(format).name(),
                TransformChain.parse(parts.subList(1, parts.size())));
    }

    /** What kind of backups such names have. */
    public BackupKind kind() {
        return kindOf(format);
    }

    /** The same for a chain as it stands in file names. */
    static BackupKind kindOf(String chain) {
        boolean tree = chain.equals(TREE) || chain.startsWith(TREE + ".");
        return tree ? BackupKind.INCREMENTAL : BackupKind.FULL;
    }

    /** Writes and reads the entries of an archive; there is none for {@link #TREE}. */
    public ArchiveFormat archive() {
        return ArchiveFormats.named(format);
    }

    /** As {@link #parse}, but empty if a part is unknown. */
    static Optional<FormatChain> find(String text) {
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The chain at the end of any file name: {@code export-7.json.gz} has {@code json.gz}.
     *
     * @throws IllegalArgumentException if there is none
     */
    static FormatChain ofFileName(String objectName) {
        String file = objectName.substring(objectName.lastIndexOf('/') + 1);
        for (int dot = file.indexOf('.'); dot >= 0; dot = file.indexOf('.', dot + 1)) {
            Optional<FormatChain> chain = find(file.substring(dot + 1));
            if (chain.isPresent()) {
                return chain.get();
            }
        }
        throw new IllegalArgumentException("'" + objectName + "' does not end in a known archive format; expected "
                + "something like .json, .json.gz, .cbor.zst or .tar.bz2");
    }

    @Override
    public String toString() {
        return format + transforms.suffix();
    }
}
