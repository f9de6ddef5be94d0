package io.kvbackup.s3;

import java.io.IOException;
import software.amazon.awssdk.core.sync.RequestBody;

/** Content of one part: first filled by one thread, then sent by one thread, as often as it takes. */
sealed interface Part permits HeapPart, FilePart {
    /** Takes as many of the bytes as there is room for, and says how many. */
    int fill(byte[] bytes, int offset, int length) throws IOException;

    long length();

    /** The content, to be sent while the part is not released. */
    RequestBody body();

    /** Gives memory or disk space back. */
    void release();
}
