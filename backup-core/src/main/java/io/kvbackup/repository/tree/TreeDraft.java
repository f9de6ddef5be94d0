package io.kvbackup.repository.tree;

import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.ManifestLog;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.TreeDocumentJson;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.pipeline.EncodedOutputStream;
import io.kvbackup.pipeline.MeasuredOutputStream;
import io.kvbackup.repository.BackupCommit;
import io.kvbackup.repository.BackupTimestamps;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.NewBackup;
import io.kvbackup.repository.UploadTime;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Trees that have been made, which lack a name.
 *
 * @param lineage parameters
 * @param trees of the databases, all places settled
 * @param packs that they refer to
 * @param scanned when all sets were read last, if that was not for this backup
 * @param held runs of sets whose stamps mean nothing to another process
 * @param changedEntries entries in chunks that were stored for this backup
 */
record TreeDraft(
        Lineage lineage,
        List<TreeDocument.Tree> trees,
        Map<PackId, PackRecord> packs,
        Optional<Instant> scanned,
        Map<String, List<StampedRun>> held,
        long changedEntries) {
    /**
     * A draft with a name.
     *
     * @param bytes of the document as it lies in the store
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Named(StoredTree tree, byte[] bytes, Manifest manifest) {
        /**
         * Makes it a backup.
         *
         * @param sealed the manifest as it is stored
         * @param time since the packs were looked for
         */
        Backup confirm(
                StorageClient storage,
                BackupTimestamps.Earlier earlier,
                BackupWriter.Request request,
                byte[] sealed,
                UploadTime time,
                TreeDraft draft)
                throws IOException {
            storage.upload(tree.name().objectName(), ContentWriter.of(bytes), PutCondition.ifAbsent());
            return new BackupCommit(storage, tree.name(), earlier.notes())
                    .confirm(
                            manifest,
                            sealed,
                            request.tags(),
                            request.mayCommit(),
                            time,
                            () -> draft.requireThere(storage, request.folder()));
        }
    }

    /** @throws PacksLostException if a pack is not there, not whole, or marked */
    void requireThere(StorageClient storage, String folder) throws IOException {
        PackListing listing = PackListing.of(storage, folder);
        Set<PackId> lost = lost(listing);
        if (!lost.isEmpty()) {
            throw new PacksLostException(folder, lost, listing);
        }
    }

    /** Packs that are not there, not whole, or marked. */
    Set<PackId> lost(PackListing listing) {
        Set<PackId> lost = new HashSet<>();
        packs.forEach((id, record) -> {
            if (!listing.isUsable(id, record.stored().bytes())) {
                lost.add(id);
            }
        });
        return lost;
    }

    /** Whether a backup has equal databases: with one chunk size, equal roots are equal entries. */
    boolean holdsTheSameAs(StoredTree backup) {
        return lineage.chunkSize() == backup.document().chunkSize()
                && trees.stream()
                        .map(TreeDraft::summary)
                        .toList()
                        .equals(backup.document().databases().stream()
                                .map(TreeDraft::summary)
                                .toList());
    }

    private static List<Object> summary(TreeDocument.Tree tree) {
        Map<String, Object> digests = new TreeMap<>();
        tree.roots().forEach((set, root) -> digests.put(set, root.digest()));
        return List.of(tree.header(), digests);
    }

    Named named(NewBackup backup, ArchiveShape shape, @Nullable ManifestLog log) throws IOException {
        List<DatabaseContents> contents =
                trees.stream().map(TreeDocument.Tree::contents).toList();
        BackupMetadata summary = new BackupMetadata(
                backup.name().timestamp(),
                BackupMetadata.CURRENT_VERSION,
                contents.size(),
                contents.stream().mapToInt(each -> each.entryCounts().size()).sum(),
                contents.stream().mapToLong(DatabaseContents::entryCount).sum());
        TreeDocument document = new TreeDocument(
                lineage.chunkSize(),
                lineage.packKeys(),
                trees,
                shape == ArchiveShape.FULL ? Optional.of(summary) : Optional.empty(),
                scanned);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MeasuredOutputStream stored = new MeasuredOutputStream(bytes);
        StreamDigest plain;
        try (EncodedOutputStream encoded = backup.name().chain().transforms().encode(stored, backup.context())) {
            MeasuredOutputStream measured = new MeasuredOutputStream(encoded);
            measured.write(TreeDocumentJson.encode(document, backup.name().objectName()));
            encoded.finish();
            plain = new StreamDigest(measured.count(), measured.sha256());
        }
        List<PackRecord> records = List.copyOf(packs.values());
        Manifest manifest = new Manifest(
                BackupKind.INCREMENTAL,
                backup.name().objectName(),
                TreeDocument.FORMAT,
                backup.name().chain().transforms().names(),
                records,
                shape,
                summary,
                new StreamDigest(stored.count(), stored.sha256()),
                plain,
                contents,
                log,
                changedEntries,
                Optional.of(backup.writer()));
        return new Named(
                new StoredTree(backup.name(), document, lineage, records, held, Optional.ofNullable(log)),
                bytes.toByteArray(),
                manifest);
    }
}
