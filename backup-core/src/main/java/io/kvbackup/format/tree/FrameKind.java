package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;

/** What a frame holds, and how. The codes are those in packs, and from 16 on those in segments of change logs. */
public enum FrameKind {
    CHUNKS_ZSTD(1, true),
    CHUNKS_RAW(2, false),
    NODES_ZSTD(3, true),
    NODES_RAW(4, false),
    FOOTER_ZSTD(5, true),
    CHANGES_ZSTD(16, true),
    CHANGES_RAW(17, false),
    LOG_FOOTER_ZSTD(18, true);

    private final int code;
    private final boolean compressed;

    FrameKind(int code, boolean compressed) {
        this.code = code;
        this.compressed = compressed;
    }

    int code() {
        return code;
    }

    boolean isCompressed() {
        return compressed;
    }

    /** Whether such frames are in packs. */
    boolean isOfPack() {
        return code <= FOOTER_ZSTD.code;
    }

    /** The same content, stored as it is; a footer never is. */
    FrameKind raw() {
        return switch (this) {
            case CHUNKS_ZSTD -> CHUNKS_RAW;
            case NODES_ZSTD -> NODES_RAW;
            case CHANGES_ZSTD -> CHANGES_RAW;
            default -> this;
        };
    }

    static FrameKind read(BytesIn in) throws CorruptBackupException {
        int code = in.int8("kind of a frame");
        for (FrameKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw in.damaged("there are no frames of kind " + code);
    }
}
