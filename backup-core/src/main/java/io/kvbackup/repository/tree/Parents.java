package io.kvbackup.repository.tree;

import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.ManifestStore;
import io.kvbackup.repository.Mark;
import io.kvbackup.repository.StoredArchive;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredManifest;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the backup that a new one shares chunks with: the newest of its kind, made in the same way. For one backup. Not
 * thread-safe.
 */
final class Parents {
    private static final Logger LOG = LoggerFactory.getLogger(Parents.class);
    /** An older one is taken only if newer ones cannot be read. */
    private static final int TRIES = 3;
    /** There may be very many. */
    private static final int REMEMBERED = 64;

    private final StorageClient storage;
    private final BackupKeys keys;
    private final BackupWriter.Request request;
    private final OptionalInt chunkSize;
    /** The last that were seen; names come in the order of stamps. */
    private final TreeMap<String, StorageObject> archives = new TreeMap<>();
    /** Of backups that are there, by stamp, newest first. */
    private final TreeMap<String, BackupName> confirmed = new TreeMap<>(Comparator.reverseOrder());

    /** Packs that the manifests which were read name. */
    private final Set<String> named = new HashSet<>();

    /** @param chunkSize that of the parent, if it must have a certain one */
    Parents(StorageClient storage, BackupKeys keys, BackupWriter.Request request, OptionalInt chunkSize) {
        this.storage = storage;
        this.keys = keys;
        this.request = request;
        this.chunkSize = chunkSize;
    }

    /** Takes an object of a listing; they come in key order, so that marks come after what they are about. */
    void see(StorageObject object) {
        String key = object.key();
        Optional<Mark.Named> mark = Mark.parse(key);
        if (mark.isPresent()) {
            if (mark.get().mark() instanceof Mark.Removed) {
                confirmed.remove(mark.get().archive());
            }
        } else if (key.endsWith(BackupName.MANIFEST_SUFFIX)) {
            String archive = key.substring(0, key.length() - BackupName.MANIFEST_SUFFIX.length());
            tree(archive).filter(name -> archives.containsKey(archive)).ifPresent(name -> confirmed.put(archive, name));
            if (confirmed.size() > REMEMBERED) {
                confirmed.pollLastEntry();
            }
        } else if (tree(key).isPresent()) {
            archives.put(key, object);
            if (archives.size() > REMEMBERED) {
                archives.pollFirstEntry();
            }
        }
    }

    private static Optional<BackupName> tree(String key) {
        return BackupName.parse(key).filter(name -> name.chain().kind() == BackupKind.INCREMENTAL);
    }

    /**
     * When the newest backup was taken, whatever its parameters: what its packs and those before hold was not left by a
     * dead process.
     */
    Instant newest() {
        return confirmed.values().stream()
                .findFirst()
                .map(BackupName::timestamp)
                .orElse(Instant.EPOCH);
    }

    /** Packs that backups are known to need, whether one of them is the parent or not. */
    Set<String> namedPacks() {
        return named;
    }

    /** Whether a backup was seen. */
    boolean saw(StoredTree tree) {
        return confirmed.containsKey(tree.name().objectName());
    }

    /** The newest that was seen and that fits; that which is known, if it is not older. */
    Optional<StoredTree> find(Optional<StoredTree> known) throws IOException {
        int tries = 0;
        for (BackupName name : List.copyOf(confirmed.values())) {
            if (known.isPresent()
                    && !name.timestamp().isAfter(known.get().name().timestamp())) {
                break;
            }
            if (++tries > TRIES) {
                break;
            }
            Optional<StoredTree> found = read(name);
            if (found.isPresent()) {
                return found;
            }
        }
        known.ifPresent(tree -> tree.packs().forEach(pack -> named.add(pack.name())));
        return known.filter(this::fits);
    }

    private Optional<StoredTree> read(BackupName name) throws IOException {
        try {
            Optional<StoredManifest> manifest = new ManifestStore(storage).read(name);
            manifest.ifPresent(read -> read.document().packs().forEach(pack -> named.add(pack.name())));
            StorageObject archive = archives.get(name.objectName());
            if (manifest.isEmpty() || archive == null) {
                return Optional.empty();
            }
            BackupCatalog catalog = new BackupCatalog(storage, keys);
            StoredArchive found = new StoredArchive(name, archive, manifest, BackupMarks.NONE);
            if (!catalog.canOpen(found)) {
                LOG.warn(
                        "{} cannot be read here, since this host has no key to decrypt with: the next backup shares "
                                + "nothing with it and stores everything once",
                        name.objectName());
                return Optional.empty();
            }
            StoredBackup backup = catalog.open(found);
            TreeDocument document = TreeDocuments.read(storage, backup);
            Optional<StoredTree> tree = lineage(document)
                    .map(lineage -> new StoredTree(
                            name,
                            document,
                            lineage,
                            backup.manifest().orElseThrow().packs(),
                            Map.of(),
                            backup.manifest().map(Manifest::log)));
            return tree.filter(this::fits);
        } catch (CorruptBackupException | EncryptionKeyException | NoSuchFileException e) {
            LOG.warn(
                    "the next backup shares nothing with {}, which cannot be read: {}",
                    name.objectName(),
                    e.toString());
            return Optional.empty();
        }
    }

    /** Empty if it has several keys, which no version here writes. */
    private static Optional<Lineage> lineage(TreeDocument document) {
        List<Map.Entry<String, DataKey>> packKeys =
                new ArrayList<>(document.packKeys().entrySet());
        return switch (packKeys.size()) {
            case 0 -> Optional.of(new Lineage(document.chunkSize(), null, null));
            case 1 ->
                Optional.of(new Lineage(
                        document.chunkSize(),
                        packKeys.get(0).getKey(),
                        packKeys.get(0).getValue()));
            default -> Optional.empty();
        };
    }

    private boolean fits(StoredTree tree) {
        boolean encrypted = request.chain().transforms().isEncrypted();
        int size = tree.document().chunkSize();
        if (size != chunkSize.orElse(size)) {
            LOG.info(
                    "backups of {} have chunks of {} bytes from now on, {} has such of {}: a new lineage begins, "
                            + "and everything is stored once",
                    request.folder(),
                    chunkSize.getAsInt(),
                    tree.name().objectName(),
                    size);
            return false;
        }
        return tree.document().shape() == request.shape()
                && encrypted == (tree.lineage().key() != null);
    }
}
