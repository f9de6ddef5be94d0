package io.kvbackup.repository;

import io.kvbackup.format.Manifest;
import io.kvbackup.format.ManifestDocument;
import io.kvbackup.format.SealedManifest;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds the backups that a store holds. Safe for use by several threads. */
public final class BackupCatalog {
    private final StorageClient storage;
    private final ManifestStore manifests;
    private final BackupKeys keys;
    private final Optional<StoreIdentity> identity;

    /** @param storage is known to be a store */
    public BackupCatalog(StorageClient storage, BackupKeys keys) {
        this(storage, keys, Optional.empty());
    }

    /** @param identity says whether it is a store; if not, nothing is looked for */
    public BackupCatalog(StorageClient storage, BackupKeys keys, StoreIdentity identity) {
        this(storage, keys, Optional.of(identity));
    }

    private BackupCatalog(StorageClient storage, BackupKeys keys, Optional<StoreIdentity> identity) {
        this.identity = identity;
        this.storage = storage;
        this.manifests = new ManifestStore(storage);
        this.keys = keys;
    }

    private void requireStore() throws IOException {
        if (identity.isPresent()) {
            identity.get().requireStore();
        }
    }

    /** The names of the databases of which a store has backups. Costs a request for each of them. */
    public static Set<String> databaseNames(StorageClient storage) throws IOException {
        Set<String> names = new TreeSet<>();
        String after = "";
        while (true) {
            try (Stream<StorageObject> objects = storage.list(BackupName.ROOT, after)) {
                Optional<String> key = objects.findFirst().map(StorageObject::key);
                if (key.isEmpty()) {
                    return names;
                }
                int end = key.get().indexOf('/', BackupName.ROOT.length());
                if (end < 0) {
                    after = key.get();
                } else {
                    String name = key.get().substring(BackupName.ROOT.length(), end);
                    names.add(name);
                    // The first key that does not start with the folder's name and a slash.
                    after = BackupName.ROOT + name + (char) ('/' + 1);
                }
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }

    /** Backups of every database, newest first. Reads names only. */
    public List<Backup> list() throws IOException {
        return list(Optional.empty(), Instant.MIN, Instant.MAX);
    }

    /** Backups of one database ({@code full} for those of all databases), newest first. Reads names only. */
    public List<Backup> list(String database) throws IOException {
        return list(Optional.of(database), Instant.MIN, Instant.MAX);
    }

    /**
     * Backups with stamps from a moment on and before another, newest first. Reads names only, of one database no more
     * than it must.
     */
    public List<Backup> list(Optional<String> database, Instant from, Instant before) throws IOException {
        requireStore();
        BackupTable found = new BackupTable();
        BackupObjects.Window window = database.map(name -> BackupName.window(name, from, before))
                .orElse(BackupObjects.Window.of(BackupName.ROOT));
        BackupObjects.list(
                storage,
                window,
                () -> {},
                each -> each.describe()
                        .filter(backup -> !backup.timestamp().isBefore(from)
                                && backup.timestamp().isBefore(before))
                        .ifPresent(found::add));
        return found.view(found.newestFirst());
    }

    /**
     * What a listing shows.
     *
     * @param backups those that are there, newest first
     * @param lost those of which only the manifest is there, although nobody has removed them, newest first
     */
    public record Survey(List<Backup> backups, List<Backup> lost) {
        public Survey {
            backups = BackupTable.unchanging(backups);
            lost = BackupTable.unchanging(lost);
        }
    }

    /** As {@link #list()}, and looks for backups whose archive is gone. Costs one more request for each of those. */
    public Survey survey() throws IOException {
        return surveyBelow(BackupName.ROOT);
    }

    /** The same for backups of one database and of all together. */
    public Survey survey(String database) throws IOException {
        return surveyBelow(BackupName.folder(database), BackupName.folder(Backup.ALL_DATABASES));
    }

    private Survey surveyBelow(String... prefixes) throws IOException {
        requireStore();
        BackupTable found = new BackupTable();
        BackupTable suspects = new BackupTable();
        for (String prefix : prefixes) {
            BackupObjects.list(storage, prefix, each -> {
                each.describe().ifPresent(found::add);
                each.describeLost().ifPresent(suspects::add);
            });
        }
        BackupTable lost = new BackupTable();
        for (int i = 0; i < suspects.size(); i++) {
            // A page of the listing may be older than the archive: asking for the object itself does not lie.
            if (storage.stat(suspects.get(i).objectName()).isEmpty()) {
                lost.add(suspects.get(i));
            }
        }
        return new Survey(found.view(found.newestFirst()), lost.view(lost.newestFirst()));
    }

    /**
     * Looks a backup up and reads its manifest.
     *
     * @param objectName any object whose name ends in a known chain of extensions
     * @throws NoSuchFileException if there is no such object, or it is what is left of a backup that was removed
     * @throws CorruptBackupException if there is only a manifest, or it is damaged
     * @throws io.kvbackup.encryption.EncryptionKeyException if it is encrypted and its key is not there
     * @throws IllegalArgumentException if the name ends in no known chain
     */
    public StoredBackup find(String objectName) throws IOException {
        return open(findArchive(objectName));
    }

    /** Reads the manifest of a backup that was found, with its key if it is encrypted. */
    public StoredBackup open(StoredArchive found) throws IOException {
        TransformContext context = TransformContext.of(found.name().objectName());
        if (found.manifest().isEmpty()) {
            return found.opened(Optional.empty(), context);
        }
        ManifestDocument document = found.manifest().get().document();
        if (document instanceof SealedManifest sealed) {
            DataKey key = keys.unwrap(sealed);
            Manifest manifest = sealed.open(key, ManifestStore.describe(found.name()));
            return found.opened(Optional.of(manifest), context.withKey(key));
        }
        return found.opened(Optional.of((Manifest) document), context);
    }

    /** Whether {@link #open} has the key that it needs. */
    public boolean canOpen(StoredArchive found) throws IOException {
        return !(found.manifest().isPresent() && found.manifest().get().document() instanceof SealedManifest sealed)
                || keys.canUnwrap(sealed);
    }

    /** The public view; without what it holds if there is no key to read that. */
    public Backup describe(StoredArchive found) throws IOException {
        return canOpen(found) ? open(found).describe() : found.describeUnread();
    }

    /** As {@link #find}, but needs no key and so does not know what an encrypted backup holds. */
    public StoredArchive findArchive(String objectName) throws IOException {
        if (objectName.endsWith(BackupName.MANIFEST_SUFFIX)) {
            throw new IllegalArgumentException(
                    "'" + objectName + "' is a manifest; name the archive that it describes");
        }
        FormatChain chain = FormatChain.ofFileName(objectName);
        requireStore();
        BackupObjects objects = BackupObjects.of(storage, objectName);
        if (objects.isLost() && storage.stat(objectName).isEmpty()) {
            throw new CorruptBackupException("the archive of backup " + objectName + " is gone from " + storage
                    + ", but its manifest is there: something else than this library removed it");
        }
        StorageObject archive = requireListed(objects, storage);
        BackupName name = BackupName.parse(objectName)
                .orElseGet(() -> new BackupName(objectName, "", archive.lastModified(), chain));
        Optional<StoredManifest> manifest = objects.manifest().isPresent() ? manifests.read(name) : Optional.empty();
        if (manifest.isEmpty() && objects.manifest().isPresent()) {
            // Removed between the two requests. Without its manifest nobody could tell whether it is what was written.
            throw new NoSuchFileException(
                    objectName, null, "the backup is just being removed from " + storage + "; choose another");
        }
        return new StoredArchive(name, archive, manifest, objects.publicMarks());
    }

    /** The archive of a backup that is there and not being removed. */
    static StorageObject requireListed(BackupObjects objects, StorageClient storage) throws NoSuchFileException {
        if (objects.isListed()) {
            return objects.archive().orElseThrow();
        }
        String why = objects.archive().isEmpty()
                ? "there is no such backup in " + storage + "; listBackups() shows those there are"
                : "the backup was removed from " + storage + " at "
                        + objects.removed().orElseThrow()
                        + ", and its data will be; listBackups() shows those there are";
        throw new NoSuchFileException(objects.archiveName(), null, why);
    }

    /** Whether there is a backup of that name, which is not being removed. */
    public boolean exists(String objectName) throws IOException {
        return BackupObjects.of(storage, objectName).isListed();
    }
}
