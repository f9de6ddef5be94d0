package io.kvbackup.repository.tree;

import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.FrameChecks;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.MeasuredInputStream;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.NewBackups;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the trees of one backup, from snapshots and from what a store has already. For one backup. Not thread-safe. */
final class TreeScan {
    private static final Logger LOG = LoggerFactory.getLogger(TreeScan.class);
    /** The footers of more are not looked into. */
    private static final int MOST_ORPHANS = 4096;

    private final BackupWriter.Request request;
    private final NewBackups backups;
    private final TreeOptions options;
    private final TemporaryFolder temporary;
    private final Lineage lineage;
    private final Optional<StoredTree> parent;
    private final Leftovers leftovers;
    private final TreeBackupWriter.Drift drift;
    /** What this backup has put into packs, in all its passes. */
    private final Map<PackId, PackRecord> written = new HashMap<>();
    /** In which damage was met. */
    private final Set<PackId> damaged = new HashSet<>();

    private long changedEntries;

    /**
     * What is known of packs that no backup names.
     *
     * @param since those that were begun before are none of them, or not worth a look
     * @param named packs that some backup names
     */
    record Leftovers(Instant since, Set<String> named) {}

    /** @param leftovers tells packs of backups that did not end */
    TreeScan(
            BackupWriter.Request request,
            NewBackups backups,
            TreeOptions options,
            TemporaryFolder temporary,
            Lineage lineage,
            Optional<StoredTree> parent,
            Leftovers leftovers,
            TreeBackupWriter.Drift drift) {
        this.request = request;
        this.backups = backups;
        this.options = options;
        this.temporary = temporary;
        this.lineage = lineage;
        this.parent = parent;
        this.leftovers = leftovers;
        this.drift = drift;
    }

    /**
     * Scans once.
     *
     * @param storage holds the packs of the parent
     * @param listing of its packs
     * @param banned packs that must not be referred to
     * @param taker takes new packs
     */
    TreeDraft scan(
            StorageClient storage,
            PackListing listing,
            Set<PackId> banned,
            SnapshotGroup snapshots,
            PackOutput.Taker taker)
            throws IOException {
        Map<PackId, PackRecord> records =
                new LinkedHashMap<>(parent.map(StoredTree::records).orElse(Map.of()));
        Set<PackId> usable = usable(records, listing);
        Set<PackId> orphans = orphans(records.keySet(), listing);
        orphans.forEach(id -> records.put(id, orphan(id, Objects.requireNonNull(listing.find(id)))));
        usable.addAll(orphans);
        usable.removeAll(banned);
        usable.removeAll(damaged);
        orphans.retainAll(usable);
        Map<String, Ref> roots = parent.map(StoredTree::roots).orElse(Map.of());
        Map<PackId, PackRecord> fresh = new LinkedHashMap<>();
        PackOutput.Place place = new PackOutput.Place(temporary, backups.clock(), options.random(), options.executor());
        PackOutput output = new PackOutput(request.folder(), lineage, target(), place, pack -> {
            fresh.put(pack.id(), pack.record());
            written.put(pack.id(), pack.record());
            taker.take(pack);
        });
        RunHints runs = new RunHints(storage, parent, options.executor());
        LogHints log = new LogHints(request.log().flatMap(BackupWriter.ReplicatedLog::changes), parent);
        TreePass.Hints hints = new TreePass.Hints(runs, log, isFullScanDue(snapshots.opened()), drift);
        try (KnownTrees known = new KnownTrees(storage, lineage, roots, records, usable, orphans);
                TreePass pass = new TreePass(request.shape(), lineage, known, hints, output, options.executor())) {
            List<TreeDocument.Tree> trees =
                    pass.run(snapshots.all(), backups.meter(snapshots.all(), request.listener()));
            damaged.addAll(pass.damaged());
            Map<PackId, PackRecord> packs = new LinkedHashMap<>();
            for (PackId id : known.live().packs()) {
                PackRecord record = Objects.requireNonNull(records.get(id));
                try {
                    packs.put(id, known.live().update(identified(storage, id, record), id));
                } catch (CorruptBackupException | NoSuchFileException e) {
                    LOG.warn("{} is not taken over from a backup that did not end: {}", record.name(), e.toString());
                    damaged.add(id);
                    packs.put(id, record);
                }
            }
            packs.putAll(fresh);
            Optional<Instant> scanned = pass.isHinted() ? parent.map(StoredTree::scanned) : Optional.empty();
            // A second pass takes over what the first has stored.
            changedEntries = Math.max(changedEntries, pass.changedEntries());
            return new TreeDraft(lineage, trees, packs, scanned, runs.held(), changedEntries);
        }
    }

    private boolean isFullScanDue(Instant now) {
        return !parent.map(StoredTree::scanned)
                .filter(last -> now.isBefore(last.plus(options.fullScanEvery())))
                .isPresent();
    }

    /** Whether the draft refers to packs in which damage was met. */
    boolean isDamaged(TreeDraft draft) {
        return draft.packs().keySet().stream().anyMatch(damaged::contains);
    }

    private Set<PackId> usable(Map<PackId, PackRecord> records, PackListing listing) {
        Set<String> doomed = Drain.doomed(List.copyOf(records.values()), target());
        Set<PackId> usable = new HashSet<>();
        records.forEach((id, record) -> {
            if (!listing.isUsable(id, record.stored().bytes())) {
                LOG.warn("{} is gone, damaged or about to be removed; what it holds is stored again", record.name());
            } else if (!doomed.contains(record.name())) {
                usable.add(id);
            }
        });
        return usable;
    }

    /** A manifest names no more than about 16,000 packs, up to 100 TB. */
    private long target() {
        long stored = parent.map(StoredTree::packBytes).orElse(0L);
        return Math.max(options.packBytes(), Long.highestOneBit(Math.max(1, stored / 8192)) * 2);
    }

    /**
     * Packs that were written after the backup before by a backup that did not end, or by this one in an earlier pass.
     */
    private Set<PackId> orphans(Set<PackId> named, PackListing listing) {
        Set<PackId> orphans = new TreeSet<>(PackListing.BY_TIME);
        Instant grace = backups.clock().instant().minus(options.grace());
        long first = (grace.isAfter(leftovers.since()) ? grace : leftovers.since()).toEpochMilli();
        // The key of a lineage that did not get to its first backup is lost.
        boolean readable = lineage.key() == null || parent.isPresent();
        for (PackId id : listing.packs()) {
            boolean ours = written.containsKey(id);
            boolean others = request.reuse()
                    && readable
                    && id.millis() >= first
                    && orphans.size() < MOST_ORPHANS
                    && !leftovers.named().contains(new PackName(request.folder(), id).objectName());
            if (!named.contains(id) && listing.isUnmarked(id) && (ours || others)) {
                orphans.add(id);
            }
        }
        return orphans;
    }

    private PackRecord orphan(PackId id, StorageObject object) {
        PackRecord known = written.get(id);
        return known != null
                ? known
                : new PackRecord(
                        object.key(), new StreamDigest(object.size(), UNKNOWN), object.size(), lineage.keyId());
    }

    private static final String UNKNOWN = "0".repeat(64);

    /** Nobody has left the digest of an orphan, so it must not be taken of damage. */
    private static PackRecord identified(StorageClient storage, PackId id, PackRecord record) throws IOException {
        if (!record.stored().sha256().equals(UNKNOWN)) {
            return record;
        }
        MeasuredInputStream measured = new MeasuredInputStream(storage.download(record.name(), ByteRange.all()));
        try (measured) {
            FrameChecks.check(measured, id, record.key() != null);
        }
        StreamDigest stored = new StreamDigest(measured.count(), measured.sha256());
        if (stored.bytes() != record.stored().bytes()) {
            throw new IOException(
                    "pack " + record.name() + " had " + record.stored().bytes() + " bytes in a listing and has "
                            + stored.bytes() + " now; packs never change: does something else write there?");
        }
        return new PackRecord(record.name(), stored, record.live(), record.key());
    }
}
