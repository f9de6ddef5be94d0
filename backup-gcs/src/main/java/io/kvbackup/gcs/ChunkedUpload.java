package io.kvbackup.gcs;

import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** An upload that takes its content chunk by chunk; nothing of it can be seen before its end. */
interface ChunkedUpload {
    /** Takes a chunk that is not the last one. The array is the caller's again afterwards. */
    void send(byte[] chunk, int length) throws IOException;

    /**
     * Takes the last chunk and makes the object visible.
     *
     * @param crc of the whole content
     */
    StorageObject finish(byte[] chunk, int length, CRC32C crc) throws IOException;

    /** Makes the store forget what it was sent. Does not throw; what could not be done is added to {@code why}. */
    void cancel(@Nullable Throwable why);
}
