package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;

/** What a frame holds, and how. The codes are those in the pack. */
public enum FrameKind {
    CHUNKS_ZSTD(1, true),
    CHUNKS_RAW(2, false),
    NODES_ZSTD(3, true),
    NODES_RAW(4, false),
    FOOTER_ZSTD(5, true);

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

    /** The same content, stored as it is; a footer never is. */
    FrameKind raw() {
        return this == CHUNKS_ZSTD ? CHUNKS_RAW : this == NODES_ZSTD ? NODES_RAW : this;
    }

    static FrameKind read(BytesIn in) throws CorruptBackupException {
        int code = in.int8("kind of a frame");
        if (code < 1 || code > values().length) {
            throw in.damaged("there are no frames of kind " + code);
        }
        return values()[code - 1];
    }
}
