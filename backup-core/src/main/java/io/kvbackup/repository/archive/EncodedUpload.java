package io.kvbackup.repository.archive;

import io.kvbackup.format.Manifest;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.pipeline.MeasuredOutputStream;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Brings an archive into a store and finds the manifest that belongs to it: attempts may differ, and a condition may be
 * lost to an earlier one whose reply never came.
 */
final class EncodedUpload {
    private final StorageClient storage;
    private final String key;

    EncodedUpload(StorageClient storage, String key) {
        this.storage = storage;
        this.key = key;
    }

    /**
     * Uploads.
     *
     * @return the manifest of what lies in the store
     * @throws PreconditionFailedException if somebody else's archive does
     */
    Manifest run(ArchiveEncoding encoding) throws IOException {
        try {
            storage.upload(key, encoding, PutCondition.ifAbsent());
            return encoding.manifest();
        } catch (PreconditionFailedException e) {
            if (encoding.manifests().size() < 2) {
                throw e;
            }
            return recognise(encoding, e).orElseThrow(() -> e);
        }
    }

    private Optional<Manifest> recognise(ArchiveEncoding encoding, PreconditionFailedException lost)
            throws IOException {
        try {
            Optional<StorageObject> found = storage.stat(key);
            if (found.isEmpty()
                    || encoding.manifests().stream()
                            .noneMatch(
                                    ours -> ours.stored().bytes() == found.get().size())) {
                return Optional.empty();
            }
            StreamDigest stored = digest(found.get());
            return encoding.manifests().stream()
                    .filter(ours -> ours.stored().equals(stored))
                    .findFirst();
        } catch (IOException e) {
            lost.addSuppressed(e);
            throw new IOException(
                    "upload " + key + ": cannot tell whether it was written, since what is there cannot be read: "
                            + e.getMessage(),
                    lost);
        }
    }

    private StreamDigest digest(StorageObject found) throws IOException {
        MeasuredOutputStream measured = new MeasuredOutputStream(OutputStream.nullOutputStream());
        try (InputStream in = storage.download(found, ByteRange.all())) {
            in.transferTo(measured);
        }
        return new StreamDigest(measured.count(), measured.sha256());
    }
}
