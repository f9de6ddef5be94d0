package io.kvbackup.prune;

import io.kvbackup.format.PackRecord;
import io.kvbackup.model.BackupKind;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.ManifestStore;
import io.kvbackup.repository.StoredManifest;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The packs that manifests name. Remembers manifests that have not changed. Safe for use by several threads. */
final class NamedPacks {
    private static final Logger LOG = LoggerFactory.getLogger(NamedPacks.class);
    /** About 10 MB of memory. */
    private static final int REMEMBERED_NAMES = 100_000;

    private final StorageClient storage;
    private final Map<String, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true);
    private long names;

    private record Remembered(String etag, Set<String> packs) {}

    NamedPacks(StorageClient storage) {
        this.storage = storage;
    }

    /**
     * Reads the manifests in the folder of a database.
     *
     * @return empty if one cannot be read: then nobody knows what it names
     */
    synchronized Optional<Set<String>> of(String folder, BackupObjects.Pulse pulse) throws IOException {
        Set<String> named = new HashSet<>();
        boolean[] known = {true};
        String prefix = BackupName.ROOT + folder + "/";
        BackupObjects.list(storage, BackupObjects.Window.of(prefix), pulse, objects -> {
            if (known[0] && objects.manifest().isPresent()) {
                pulse.beat();
                known[0] = add(objects.archiveName(), objects.manifest().get(), named);
            }
        });
        return known[0] ? Optional.of(named) : Optional.empty();
    }

    /** Returns whether it is known what the manifest names. */
    private boolean add(String archive, StorageObject manifest, Set<String> to) throws IOException {
        Optional<BackupName> name = BackupName.parse(archive);
        if (name.isPresent() && name.get().chain().kind() == BackupKind.FULL) {
            return true;
        }
        Remembered before = remembered.get(archive);
        if (before != null && before.etag().equals(manifest.etag())) {
            to.addAll(before.packs());
            return true;
        }
        try {
            if (name.isEmpty()) {
                throw new IOException("its name was not given by this version");
            }
            Optional<StoredManifest> read = new ManifestStore(storage).read(name.get());
            if (read.isPresent()) {
                Set<String> packs = new HashSet<>();
                read.get().document().packs().stream().map(PackRecord::name).forEach(packs::add);
                remember(archive, new Remembered(manifest.etag(), packs));
                to.addAll(packs);
            }
            return true;
        } catch (IOException e) {
            Interruption.rethrow(e);
            LOG.warn(
                    "no pack beside {} is removed, since nobody knows which its manifest names: {}",
                    archive,
                    e.toString());
            return false;
        }
    }

    private void remember(String archive, Remembered manifest) {
        forget(archive);
        remembered.put(archive, manifest);
        names += manifest.packs().size();
        while (names > REMEMBERED_NAMES && remembered.size() > 1) {
            forget(remembered.keySet().iterator().next());
        }
    }

    private void forget(String archive) {
        Remembered removed = remembered.remove(archive);
        names -= removed == null ? 0 : removed.packs().size();
    }
}
