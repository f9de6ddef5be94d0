package io.kvbackup.repository.tree;

import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.MeasuredOutputStream;
import io.kvbackup.repository.BackupTimestamps;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.UploadTime;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A whole incremental backup, its new packs in temporary files, with all that makes it a backup wherever it is put.
 * Closing deletes the files. May be put into several stores by several threads.
 *
 * @param request what was asked for
 * @param temporary holds the files
 * @param draft the trees
 * @param named the same with a name
 * @param manifest as it is stored
 * @param fresh new packs
 * @param source the store that has the others
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SpooledTree(
        BackupWriter.Request request,
        TemporaryFolder temporary,
        TreeDraft draft,
        TreeDraft.Named named,
        byte[] manifest,
        List<PackOutput.Finished> fresh,
        StorageClient source)
        implements Closeable {
    /**
     * Puts into a store what it lacks.
     *
     * @param packs what it has
     * @param clock begins to watch how long it takes
     */
    Backup putInto(
            StorageClient storage, PackListing packs, BackupTimestamps.Earlier earlier, Supplier<UploadTime> clock)
            throws IOException {
        put(storage, packs);
        UploadTime time = clock.get();
        try {
            draft.requireThere(storage, request.folder());
        } catch (PacksLostException e) {
            // What was deleted meanwhile is put there again; what was cut or marked cannot be.
            try {
                put(storage, e.listing());
            } catch (NoSuchFileException gone) {
                e.addSuppressed(gone);
                throw e;
            }
            time = clock.get();
            draft.requireThere(storage, request.folder());
        }
        return named.confirm(storage, earlier, request, manifest, time, draft);
    }

    private void put(StorageClient storage, PackListing listing) throws IOException {
        Set<PackId> here = new HashSet<>();
        for (PackOutput.Finished pack : fresh) {
            here.add(pack.id());
            if (listing.find(pack.id()) == null) {
                PackUploads.put(pack, storage);
            }
        }
        for (Map.Entry<PackId, PackRecord> each : draft.packs().entrySet()) {
            if (!here.contains(each.getKey()) && listing.find(each.getKey()) == null) {
                storage.upload(each.getValue().name(), copyOf(each.getValue()), PutCondition.ifAbsent());
            }
        }
    }

    private ContentWriter copyOf(PackRecord pack) {
        return ContentWriter.repeatable(out -> {
            MeasuredOutputStream measured = new MeasuredOutputStream(out);
            try (InputStream in = source.download(pack.name(), ByteRange.all())) {
                in.transferTo(measured);
            }
            StreamDigest found = new StreamDigest(measured.count(), measured.sha256());
            if (!found.equals(pack.stored())) {
                throw new CorruptBackupException("pack " + pack.name() + " in " + source + " should have "
                        + pack.stored() + ", found " + found + "; it is not copied");
            }
        });
    }

    @Override
    public void close() throws IOException {
        temporary.close();
    }
}
