package io.kvbackup.repository.tree;

import io.kvbackup.format.DatabaseContents;
import io.kvbackup.format.Limits;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.TreeDocumentJson;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.LimitedInputStream;
import io.kvbackup.pipeline.MeasuredInputStream;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Reads the documents of trees and proves that they are what their manifests promise. */
final class TreeDocuments {
    private TreeDocuments() {}

    /** The manifest, without which nobody knows how long the packs should be. */
    static Manifest manifest(StoredBackup backup) throws CorruptBackupException {
        return backup.manifest()
                .orElseThrow(() -> new CorruptBackupException(backup.name().objectName()
                        + " is the document of an incremental backup, and its manifest, which names its packs, is not"
                        + " there; it cannot be read"));
    }

    /**
     * Reads a document.
     *
     * @throws CorruptBackupException if it is not as the manifest says, or there is no manifest
     */
    static TreeDocument read(StorageClient storage, StoredBackup backup) throws IOException {
        Manifest manifest = manifest(backup);
        backup.requirePromisedSize();
        String source = "tree document " + backup.name().objectName();
        if (manifest.plain().bytes() > Limits.TREE_BYTES) {
            throw new CorruptBackupException(
                    source + " should have " + manifest.plain().bytes() + " bytes before compression, and at most "
                            + Limits.TREE_BYTES + " are read");
        }
        byte[] bytes = bytes(storage, backup, manifest, source);
        TreeDocument document = TreeDocumentJson.decode(bytes, source);
        List<DatabaseContents> contents =
                document.databases().stream().map(TreeDocument.Tree::contents).toList();
        require(source, manifest.shape(), document.shape());
        require(source, manifest.databases(), contents);
        if (document.metadata().isPresent()) {
            require(source, manifest.metadata(), document.metadata().get());
        }
        return document;
    }

    private static byte[] bytes(StorageClient storage, StoredBackup backup, Manifest manifest, String source)
            throws IOException {
        try (MeasuredInputStream stored = new MeasuredInputStream(storage.download(backup.archive(), ByteRange.all()));
                InputStream decoded = backup.name().chain().transforms().decode(stored, backup.context());
                MeasuredInputStream plain = new MeasuredInputStream(
                        new LimitedInputStream(decoded, manifest.plain().bytes(), source))) {
            byte[] bytes = plain.readAllBytes();
            require(source, manifest.stored(), new StreamDigest(stored.count(), stored.sha256()));
            require(source, manifest.plain(), new StreamDigest(plain.count(), plain.sha256()));
            return bytes;
        } catch (CorruptBackupException e) {
            throw new CorruptBackupException(source + " is damaged: " + e.getMessage(), e);
        }
    }

    private static void require(String source, Object promised, Object found) throws CorruptBackupException {
        if (!promised.equals(found)) {
            throw new CorruptBackupException(source + ": the manifest promises " + promised + ", found " + found);
        }
    }
}
