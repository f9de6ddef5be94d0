package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
import io.kvbackup.format.ManifestDocument;
import io.kvbackup.format.SealedManifest;
import io.kvbackup.model.Backup;
import io.kvbackup.pipeline.DataKey;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the backups that a store holds. Safe for use by several threads. */
public final class BackupCatalog {
    private final StorageClient storage;
    private final ManifestStore manifests;
    private final BackupKeys keys;

    public BackupCatalog(StorageClient storage, BackupKeys keys) {
        this.storage = storage;
        this.manifests = new ManifestStore(storage, keys);
        this.keys = keys;
    }

    /** Backups of every database, newest first. Reads names only. */
    public List<Backup> list() throws IOException {
        return listBelow(BackupName.ROOT);
    }

    /** Backups of one database ({@code full} for those of all databases), newest first. Reads names only. */
    public List<Backup> list(String database) throws IOException {
        return listBelow(BackupName.folder(database));
    }

    private List<Backup> listBelow(String prefix) throws IOException {
        List<StorageObject> archives = new ArrayList<>();
        Set<String> manifestNames = new HashSet<>();
        try (Stream<StorageObject> objects = storage.list(prefix)) {
            for (Iterator<StorageObject> each = objects.iterator(); each.hasNext(); ) {
                StorageObject object = each.next();
                if (object.key().endsWith(BackupName.MANIFEST_SUFFIX)) {
                    manifestNames.add(object.key());
                } else {
                    archives.add(object);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return archives.stream()
                .flatMap(archive ->
                        BackupName.parse(archive.key()).stream().map(name -> listed(name, archive, manifestNames)))
                .sorted(Backup.NEWEST_FIRST)
                .toList();
    }

    private static Backup listed(BackupName name, StorageObject archive, Set<String> manifestNames) {
        boolean hasManifest = manifestNames.contains(BackupName.manifestName(name.objectName()));
        return name.describe(archive.size(), hasManifest, Optional.empty());
    }

    /**
     * Looks a backup up and reads its manifest.
     *
     * @param objectName any object whose name ends in a known chain of extensions
     * @throws NoSuchFileException if there is no such object
     * @throws io.kvbackup.encryption.EncryptionKeyException if it is encrypted and its key is not there
     * @throws IllegalArgumentException if the name ends in no known chain
     */
    public StoredBackup find(String objectName) throws IOException {
        StoredArchive found = findArchive(objectName);
        TransformContext context = TransformContext.of(objectName);
        if (found.manifest().isEmpty()) {
            return new StoredBackup(found.name(), found.archive(), Optional.empty(), context);
        }
        ManifestDocument document = found.manifest().get().document();
        if (document instanceof SealedManifest sealed) {
            DataKey key = keys.unwrap(sealed);
            Manifest manifest = sealed.open(key, ManifestStore.describe(found.name()));
            return new StoredBackup(found.name(), found.archive(), Optional.of(manifest), context.withKey(key));
        }
        return new StoredBackup(found.name(), found.archive(), Optional.of((Manifest) document), context);
    }

    /** As {@link #find}, but needs no key and so does not know what an encrypted backup holds. */
    public StoredArchive findArchive(String objectName) throws IOException {
        if (objectName.endsWith(BackupName.MANIFEST_SUFFIX)) {
            throw new IllegalArgumentException(
                    "'" + objectName + "' is a manifest; name the archive that it describes");
        }
        FormatChain chain = FormatChain.ofFileName(objectName);
        StorageObject archive = storage.stat(objectName)
                .orElseThrow(() -> new NoSuchFileException(
                        objectName,
                        null,
                        "there is no such backup in " + storage + "; listBackups() shows those there are"));
        BackupName name = BackupName.parse(objectName)
                .orElseGet(() -> new BackupName(objectName, "", archive.lastModified(), chain));
        return new StoredArchive(name, archive, manifests.read(name));
    }

    /** Whether there is an object of that name. */
    public boolean exists(String objectName) throws IOException {
        return storage.stat(objectName).isPresent();
    }

    /**
     * Removes a backup: first its manifest, so that nobody takes it for complete any more, then the archive.
     *
     * @throws NoSuchFileException if there is neither
     * @throws IllegalArgumentException if the name is not that of a backup; other objects are not ours to remove
     */
    public void delete(String objectName) throws IOException {
        if (BackupName.parse(objectName).isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + objectName + "' is not a backup's name; listBackups() shows those there are");
        }
        String manifest = BackupName.manifestName(objectName);
        if (storage.stat(objectName).isEmpty() && storage.stat(manifest).isEmpty()) {
            throw new NoSuchFileException(objectName, null, "there is no such backup in " + storage);
        }
        storage.delete(List.of(manifest));
        storage.delete(List.of(objectName));
    }
}
