package io.kvbackup.copy;

import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.StoredArchive;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An archive of one store as content for another; ends in an exception, so that nothing is published, if it is damaged.
 */
final class ArchiveTransfer implements ContentWriter {
    private final StorageClient source;
    private final StoredArchive backup;
    private final CopyMeter meter;
    private @Nullable StreamDigest digest;

    ArchiveTransfer(StorageClient source, StoredArchive backup, CopyMeter meter) {
        this.source = source;
        this.backup = backup;
        this.meter = meter;
    }

    /** What is read is one certain version of the archive. */
    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        StreamDigest sent = meter.transfer(source.download(backup.archive(), ByteRange.all()), out);
        if (backup.promised().isPresent() && !backup.promised().get().equals(sent)) {
            throw new CorruptBackupException("archive " + backup.name().objectName() + " has " + sent
                    + ", its manifest promises " + backup.promised().get() + "; it was not copied");
        }
        digest = sent;
    }

    /** What was sent last, whole. */
    StreamDigest digest() {
        if (digest == null) {
            throw new IllegalStateException("nothing was sent");
        }
        return digest;
    }
}
