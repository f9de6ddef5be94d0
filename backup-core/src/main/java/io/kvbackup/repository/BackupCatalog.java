package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
import io.kvbackup.model.Backup;
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

    public BackupCatalog(StorageClient storage) {
        this.storage = storage;
        this.manifests = new ManifestStore(storage);
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
     * @throws IllegalArgumentException if the name ends in no known chain
     */
    public StoredBackup find(String objectName) throws IOException {
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
        Optional<Manifest> manifest = manifests.read(name);
        return new StoredBackup(name, archive, manifest, TransformContext.of(objectName));
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
