package io.kvbackup.repository.tree;

import io.kvbackup.claim.PrivateFiles;
import io.kvbackup.claim.TemporaryFolder;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupCommit;
import io.kvbackup.repository.BackupTimestamps;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.NewBackup;
import io.kvbackup.repository.NewBackups;
import io.kvbackup.repository.SeveralStores;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.repository.UploadTime;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes backups of kind INCREMENTAL: new chunks and nodes in packs, then the document that says where the trees begin, then the
 * manifest. What the backup before has stored is referred to, as far as a listing shows that it is there.
 *
 * <p>A backup that fails leaves its packs, and the next one takes them over. What no manifest names in the end, prunes remove.
 */
public final class TreeBackupWriter implements BackupWriter {
    private static final Logger LOG = LoggerFactory.getLogger(TreeBackupWriter.class);
    /** How often the snapshots are scanned at most, if packs vanish meanwhile. */
    private static final int PASSES = 3;

    private final NewBackups backups;
    private final SeveralStores several;
    private final TreeOptions options;
    /** The newest of each folder that this process has written. */
    private final Map<String, StoredTree> newest = new ConcurrentHashMap<>();

    public TreeBackupWriter(NewBackups backups, SeveralStores several, TreeOptions options) {
        this.backups = backups;
        this.several = several;
        this.options = options;
    }

    @Override
    public Backup write(Request request, SnapshotSource source) throws IOException {
        if (request.spool()) {
            throw new UnsupportedOperationException();
        }
        PrivateFiles.createFolders(request.temporary());
        StoreState state = state(backups.storage(), request, Optional.ofNullable(newest.get(request.folder())));
        try (TemporaryFolder temporary = TemporaryFolder.create(request.temporary(), "pack");
                SnapshotGroup snapshots = source.open()) {
            return write(request, state, snapshots, temporary);
        }
    }

    /** What a store has. */
    private record StoreState(BackupTimestamps.Earlier earlier, Optional<StoredTree> parent, PackListing packs) {}

    private StoreState state(StorageClient store, Request request, Optional<StoredTree> known) throws IOException {
        Parents parents = new Parents(store, backups.keys(), request, options.chunkSize());
        Instant from = request.reuse()
                ? known.map(tree -> tree.name().timestamp()).orElse(Instant.EPOCH)
                : Instant.MAX;
        BackupTimestamps.Earlier earlier =
                backups.earlier(store, request, new BackupTimestamps.Observer(from, parents::see));
        Optional<StoredTree> parent = request.reuse() ? parents.find(known) : Optional.empty();
        return new StoreState(earlier, parent, PackListing.of(store, request.folder()));
    }

    private Backup write(Request request, StoreState state, SnapshotGroup snapshots, TemporaryFolder temporary)
            throws IOException {
        StorageClient storage = backups.storage();
        TreeScan scan = scan(request, state, snapshots, temporary);
        PackListing listing = state.packs();
        Set<PackId> lost = new HashSet<>();
        for (int pass = 1; ; pass++) {
            TreeDraft draft;
            try (PackUploads uploads = new PackUploads(storage, options.executor())) {
                draft = scan.scan(storage, listing, lost, snapshots, uploads);
                uploads.awaitLast();
            }
            UploadTime time = backups.startUpload();
            listing = PackListing.of(storage, request.folder());
            lost.addAll(draft.lost(listing));
            if (lost.isEmpty() && !scan.isDamaged(draft)) {
                try {
                    return confirm(request, draft, storage, state.earlier(), snapshots.opened(), time);
                } catch (PacksLostException e) {
                    if (pass == PASSES) {
                        throw e;
                    }
                    listing = e.listing();
                    lost.addAll(draft.lost(listing));
                }
            } else if (pass == PASSES) {
                throw new PacksLostException(request.folder(), lost, listing);
            }
            LOG.warn("the backup of {} scans again, since packs that it refers to are gone or damaged", request.folder());
        }
    }

    private TreeScan scan(Request request, StoreState state, SnapshotGroup snapshots, TemporaryFolder temporary)
            throws IOException {
        List<DatabaseBackup> headers = new ArrayList<>();
        snapshots.all().forEach(snapshot -> headers.add(snapshot.header()));
        ManifestJson.requireDescribable(headers, request.folder());
        Optional<StoredTree> parent = state.parent();
        Lineage lineage = parent.isPresent() ? parent.get().lineage() : begin(request, snapshots);
        return new TreeScan(request, backups, options, temporary, lineage, parent);
    }

    private Lineage begin(Request request, SnapshotGroup snapshots) throws IOException {
        int chunkSize =
                options.chunkSize().isPresent() ? options.chunkSize().getAsInt() : ChunkSizes.choose(snapshots.all());
        LOG.info("a lineage of backups of {} begins, with chunks of {} bytes", request.folder(), chunkSize);
        return Lineage.begin(chunkSize, request.chain().transforms().isEncrypted(), options.random());
    }

    private Backup confirm(
            Request request,
            TreeDraft draft,
            StorageClient storage,
            BackupTimestamps.Earlier earlier,
            Instant opened,
            UploadTime time)
            throws IOException {
        return NewBackups.underFreeName(request, () -> {
            try (NewBackup backup = backups.begin(request, opened, earlier.newest())) {
                TreeDraft.Named named = draft.named(backup, request.shape());
                storage.upload(backup.name().objectName(), ContentWriter.of(named.bytes()), PutCondition.ifAbsent());
                Backup confirmed = new BackupCommit(storage, backup.name(), earlier.notes())
                        .confirm(
                                named.manifest(),
                                backup.seal(named.manifest()),
                                request.tags(),
                                request.mayCommit(),
                                time,
                                () -> requireThere(request.folder(), draft, storage));
                newest.put(request.folder(), named.tree());
                return confirmed;
            }
        });
    }

    private static void requireThere(String folder, TreeDraft draft, StorageClient storage) throws IOException {
        PackListing listing = PackListing.of(storage, folder);
        Set<PackId> lost = draft.lost(listing);
        if (!lost.isEmpty()) {
            throw new PacksLostException(folder, lost, listing);
        }
    }

    @Override
    public Map<String, StoreOutcome> write(
            Request request, SnapshotSource source, Map<String, StorageClient> stores) throws IOException {
        throw new UnsupportedOperationException();
    }
}
