package io.kvbackup.repository.tree;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupTimestamps;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.Closeables;
import io.kvbackup.repository.NewBackup;
import io.kvbackup.repository.NewBackups;
import io.kvbackup.repository.SeveralStores;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.UploadTime;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes backups of kind INCREMENTAL: new chunks and nodes in packs, then the document that says where the trees begin,
 * then the manifest. What the backup before has stored is referred to, as far as a listing shows that it is there.
 *
 * <p>A backup that fails leaves its packs, and the next one takes them over. What no manifest names in the end, prunes
 * remove.
 */
public final class TreeBackupWriter implements BackupWriter {
    private static final Logger LOG = LoggerFactory.getLogger(TreeBackupWriter.class);
    /** How often the snapshots are scanned at most, if packs vanish meanwhile. */
    private static final int PASSES = 3;

    private final NewBackups backups;
    private final SeveralStores several;
    private final TreeOptions options;
    private final Drift drift;
    /** The newest of each folder that this process has written into its own store. */
    private final Map<String, StoredTree> newest = new ConcurrentHashMap<>();

    /** @param drift told when a scan of everything shows that something was not known to have changed */
    public TreeBackupWriter(NewBackups backups, SeveralStores several, TreeOptions options, Drift drift) {
        this.backups = backups;
        this.several = several;
        this.options = options;
        this.drift = drift;
    }

    /** Told that something in a set has changed of which nothing was known; what was read is what counts. */
    @FunctionalInterface
    public interface Drift {
        void found(String database, String set);
    }

    @Override
    public Backup write(Request request, SnapshotSource source) throws IOException {
        PrivateFiles.createFolders(request.temporary());
        StorageClient storage = backups.storage();
        StoreState state = state(storage, request, Optional.ofNullable(newest.get(request.folder())), false);
        if (request.spool()) {
            return spooled(request, source, state);
        }
        try (TemporaryFolder temporary = TemporaryFolder.create(request.temporary(), "pack");
                SnapshotGroup snapshots = source.open()) {
            return write(request, state, snapshots, temporary);
        }
    }

    /** The snapshots are let go of before the first upload, so if packs are gone then, others are opened. */
    private Backup spooled(Request request, SnapshotSource source, StoreState first) throws IOException {
        StorageClient storage = backups.storage();
        StoreState state = first;
        for (int pass = 1; ; pass++) {
            StoreState now = state;
            try {
                return NewBackups.underFreeName(request, () -> {
                    try (SpooledTree tree = spool(request, source, Map.of("own", storage), Map.of("own", now))) {
                        Optional<Backup> equal = equal(request, now, tree.draft());
                        if (equal.isPresent()) {
                            return equal.get();
                        }
                        Backup put = putInto(tree, storage, now);
                        newest.put(request.folder(), tree.named().tree());
                        return put;
                    }
                });
            } catch (PacksLostException e) {
                if (pass == PASSES) {
                    throw e;
                }
                LOG.warn("the backup of {} begins anew: {}", request.folder(), e.toString());
                state = state(storage, request, Optional.ofNullable(newest.get(request.folder())), false);
            }
        }
    }

    @Override
    public Map<String, StoreOutcome> write(Request request, SnapshotSource source, Map<String, StorageClient> stores)
            throws IOException {
        PrivateFiles.createFolders(request.temporary());
        Optional<StoredTree> known = Optional.ofNullable(newest.get(request.folder()));
        Map<String, StoreState> states = new LinkedHashMap<>();
        several.answers(stores, store -> state(store, request, known, true))
                .forEach((name, state) -> states.put(name, state.orElseGet(() -> StoreState.unknown(request))));
        try (SpooledTree tree = spool(request, source, stores, states)) {
            Map<String, StoreOutcome> outcomes = several.serve(
                    stores, (name, store) -> putInto(tree, store, Objects.requireNonNull(states.get(name))));
            String own = stores.keySet().iterator().next();
            if (Objects.requireNonNull(outcomes.get(own)).backup().isPresent()) {
                newest.put(request.folder(), tree.named().tree());
            }
            return outcomes;
        }
    }

    /** What a store has. */
    private record StoreState(
            BackupTimestamps.Earlier earlier,
            Optional<StoredTree> parent,
            TreeScan.Leftovers leftovers,
            PackListing packs) {
        /** Of a store that does not answer: what it lacks is put there when it does. */
        static StoreState unknown(Request request) {
            return new StoreState(
                    BackupTimestamps.Earlier.unknown(request.folder(), request.databases()),
                    Optional.empty(),
                    new TreeScan.Leftovers(Instant.MAX, Set.of()),
                    PackListing.NONE);
        }

        /** Packs that must not be referred to: they are there, and damaged, cut or about to be removed. */
        void addUnusable(StoredTree tree, Set<PackId> to) {
            tree.records().forEach((id, record) -> {
                if (packs.find(id) != null
                        && !packs.isUsable(id, record.stored().bytes())) {
                    to.add(id);
                }
            });
        }
    }

    /**
     * Looks into a store.
     *
     * @param known a backup of this process
     * @param mustBeThere whether that is of use only if the store still has it
     */
    private StoreState state(StorageClient store, Request request, Optional<StoredTree> known, boolean mustBeThere)
            throws IOException {
        Parents parents = new Parents(store, backups.keys(), request, options.chunkSize());
        Instant from = mustBeThere
                ? Instant.EPOCH
                : known.map(tree -> tree.name().timestamp()).orElse(Instant.EPOCH);
        BackupTimestamps.Earlier earlier =
                backups.earlier(store, request, new BackupTimestamps.Observer(from, parents::see));
        Optional<StoredTree> parent = request.reuse()
                ? parents.find(known.filter(tree -> !mustBeThere || parents.saw(tree)))
                : Optional.empty();
        Instant since = Stream.concat(parent.stream().map(tree -> tree.name().timestamp()), Stream.of(parents.newest()))
                .max(Instant::compareTo)
                .orElseThrow();
        TreeScan.Leftovers leftovers = new TreeScan.Leftovers(since, parents.namedPacks());
        return new StoreState(earlier, parent, leftovers, PackListing.of(store, request.folder()));
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
            Optional<Backup> equal = equal(request, state, draft);
            if (equal.isPresent()) {
                return equal.get();
            }
            UploadTime time = backups.startUpload();
            listing = PackListing.of(storage, request.folder());
            Set<PackId> missing = draft.lost(listing);
            lost.addAll(missing);
            if (missing.isEmpty() && !scan.isDamaged(draft)) {
                try {
                    return confirm(request, draft, storage, state.earlier(), snapshots, time);
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
            LOG.warn(
                    "the backup of {} scans again, since packs that it refers to are gone or damaged",
                    request.folder());
        }
    }

    /** The newest backup, if there is to be no other that holds the same, and it does. */
    private static Optional<Backup> equal(Request request, StoreState state, TreeDraft draft) {
        Optional<StoredBackup> newest = request.unlessEqual();
        return newest.isPresent()
                        && state.parent()
                                .filter(parent -> parent.name()
                                        .objectName()
                                        .equals(newest.get().name().objectName()))
                                .filter(draft::holdsTheSameAs)
                                .isPresent()
                ? Optional.of(newest.get().describe())
                : Optional.empty();
    }

    private TreeScan scan(Request request, StoreState state, SnapshotGroup snapshots, TemporaryFolder temporary)
            throws IOException {
        List<DatabaseBackup> headers = new ArrayList<>();
        snapshots.all().forEach(snapshot -> headers.add(snapshot.header()));
        ManifestJson.requireDescribable(headers, request.folder());
        Optional<StoredTree> parent = state.parent();
        Lineage lineage = parent.isPresent() ? parent.get().lineage() : begin(request, snapshots);
        return new TreeScan(request, backups, options, temporary, lineage, parent, state.leftovers(), drift);
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
            SnapshotGroup snapshots,
            UploadTime time)
            throws IOException {
        return NewBackups.underFreeName(request, () -> {
            try (NewBackup backup = backups.begin(request, snapshots.opened(), earlier.newest())) {
                TreeDraft.Named named = draft.named(backup, request.shape(), request.logAt(snapshots));
                byte[] sealed = backup.seal(named.manifest());
                Backup confirmed = named.confirm(storage, earlier, request, sealed, time, draft);
                newest.put(request.folder(), named.tree());
                return confirmed;
            }
        });
    }

    /** Scans into temporary files, and lets go of the snapshots. What one of the stores has is referred to. */
    private SpooledTree spool(
            Request request, SnapshotSource source, Map<String, StorageClient> stores, Map<String, StoreState> states)
            throws IOException {
        String richest = richest(states);
        StoreState state = Objects.requireNonNull(states.get(richest));
        StorageClient storage = Objects.requireNonNull(stores.get(richest));
        Set<PackId> banned = new HashSet<>();
        state.parent().ifPresent(parent -> states.values().forEach(each -> each.addUnusable(parent, banned)));
        Instant latest = SeveralStores.newest(
                states.values().stream().map(StoreState::earlier).toList());
        TemporaryFolder temporary = TemporaryFolder.create(request.temporary(), "pack");
        try (SnapshotGroup snapshots = source.open()) {
            TreeScan scan = scan(request, state, snapshots, temporary);
            List<PackOutput.Finished> fresh = new ArrayList<>();
            TreeDraft draft = scan.scan(storage, state.packs(), banned, snapshots, fresh::add);
            for (int pass = 1; scan.isDamaged(draft) && pass < PASSES; pass++) {
                fresh.clear();
                draft = scan.scan(storage, state.packs(), banned, snapshots, fresh::add);
            }
            try (NewBackup backup = backups.begin(request, snapshots.opened(), latest)) {
                TreeDraft.Named named = draft.named(backup, request.shape(), request.logAt(snapshots));
                byte[] sealed = backup.seal(named.manifest());
                return new SpooledTree(request, temporary, draft, named, sealed, fresh, storage);
            }
        } catch (IOException | RuntimeException | Error e) {
            Closeables.closeAfter(e, temporary);
            throw e;
        }
    }

    /** The store that has the newest backup, of several the first. */
    private static String richest(Map<String, StoreState> states) {
        String richest = states.keySet().iterator().next();
        Instant newest = Instant.MIN;
        for (Map.Entry<String, StoreState> each : states.entrySet()) {
            Optional<StoredTree> parent = each.getValue().parent();
            if (parent.isPresent() && parent.get().name().timestamp().isAfter(newest)) {
                richest = each.getKey();
                newest = parent.get().name().timestamp();
            }
        }
        return richest;
    }

    private Backup putInto(SpooledTree tree, StorageClient storage, StoreState state) throws IOException {
        boolean unknown = state.packs() == PackListing.NONE;
        PackListing packs = unknown ? PackListing.of(storage, tree.request().folder()) : state.packs();
        return tree.putInto(storage, packs, state.earlier(), backups::startUpload);
    }
}
