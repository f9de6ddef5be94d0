package io.kvbackup.prune;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.BackupTable;
import io.kvbackup.repository.Ints;
import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseKeeper;
import io.kvbackup.repository.Mark;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * One prune under its lease. After each request, everything that is listed can be restored, and the next prune finds
 * what is not finished. It holds no more of each backup than {@link BackupTable} does. Used by one thread.
 */
final class PruneRun {
    private final StorageClient storage;
    private final BackupDeletion deletion;
    private final Lease lease;
    private final GarbageRules leftovers;
    private final Judge judge;
    private final Predicate<Backup> planned;
    private final PruneDeletes deletes;

    private final BackupTable backups = new BackupTable();
    private final Tombstones tombstones = new Tombstones(backups);
    private final BitSet orphans = new BitSet();

    /** Says why to keep each of the backups. */
    @FunctionalInterface
    interface Judge {
        void judge(Iterable<Backup> newestFirst, BiConsumer<Backup, List<String>> verdict);
    }

    /**
     * @param deletes under the lease
     * @param planned which backups may be removed
     */
    PruneRun(
            StorageClient storage,
            PruneDeletes deletes,
            BackupDeletion deletion,
            Lease lease,
            GarbageRules leftovers,
            Judge judge,
            Predicate<Backup> planned) {
        this.storage = storage;
        this.deletes = deletes;
        this.deletion = deletion;
        this.lease = lease;
        this.leftovers = leftovers;
        this.judge = judge;
        this.planned = planned;
    }

    /**
     * Renews the lease meanwhile, because a long listing, or judging very many backups, lasts longer than the lease.
     */
    PruneReport run() throws IOException {
        try (LeaseKeeper keeper = new LeaseKeeper(lease)) {
            return run(keeper);
        }
    }

    private PruneReport run(LeaseKeeper keeper) throws IOException {
        list(keeper, this::take);
        deletes.collectRest();
        Ints newestFirst = backups.newestFirst();
        BitSet doomed = doomed(newestFirst, number -> true);
        tombstones.forEach((number, keys) -> {
            if (!doomed.get(number) && backups.get(number).hasManifest()) {
                deletes.delete(keys);
            }
        });
        Ints removed = new Ints();
        if (!doomed.isEmpty() || !orphans.isEmpty()) {
            BitSet stillDoomed = bury(keeper, doomed, newestFirst);
            removed = newestFirst.where(stillDoomed::get);
            List<Backup> going = backups.view(removed);
            deletes.deleteAll(going.stream().map(Backup::objectName).map(BackupName::manifestName));
        }
        return new PruneReport(
                backups.view(removed),
                deletes.collected().names(),
                deletes.collected().bytes());
    }

    private void list(LeaseKeeper keeper, BackupObjects.Visitor visitor) throws IOException {
        BackupObjects.list(storage, BackupObjects.Window.of(BackupName.ROOT), keeper::ensureHeld, visitor);
    }

    /** The first look. Deletes what is past its grace period at once. */
    private void take(BackupObjects objects) throws IOException {
        if (leftovers.isOver(objects) || leftovers.areLoneMarks(objects)) {
            deletes.collect(objects);
        }
        if (objects.describe().isPresent()) {
            int number = backups.add(objects.describe().get());
            orphans.set(number, leftovers.isOrphan(objects));
            tombstones.add(number, objects);
        }
    }

    /** The backups that were planned to go and that the policy still does not keep. */
    private BitSet doomed(Ints newestFirst, Predicate<Integer> before) {
        BitSet doomed = new BitSet();
        int[] next = {0};
        judge.judge(backups.all(newestFirst), (backup, why) -> {
            int number = newestFirst.get(next[0]++);
            if (why.isEmpty() && before.test(number) && planned.test(backup)) {
                doomed.set(number);
            }
        });
        return doomed;
    }

    /**
     * Writes a tombstone on each, and looks again. Somebody who sets a mark looks for tombstones afterwards, so one of
     * the two notices the other. A tombstone that arrives after the lease is lost does no harm: the next prune removes
     * it.
     *
     * @return those that are still doomed; the others have lost their tombstones
     */
    private BitSet bury(LeaseKeeper keeper, BitSet doomed, Ints newestFirst) throws IOException {
        BitSet buried = (BitSet) doomed.clone();
        buried.or(orphans);
        Instant now = deletion.now();
        for (int number = buried.nextSetBit(0); number >= 0; number = buried.nextSetBit(number + 1)) {
            keeper.ensureHeld();
            deletion.bury(backups.get(number).objectName(), now);
        }
        BitSet spared = lookAgain(keeper, doomed, newestFirst);
        for (int number = spared.nextSetBit(0); number >= 0; number = spared.nextSetBit(number + 1)) {
            List<String> keys = new ArrayList<>(tombstones.of(number));
            keys.add(new Mark.Removed(now).key(backups.get(number).objectName()));
            deletes.delete(keys);
        }
        BitSet still = (BitSet) doomed.clone();
        still.andNot(spared);
        return still;
    }

    /**
     * Adds what has changed meanwhile to the table, and deletes orphans that are still orphans. Returns what must stay.
     */
    private BitSet lookAgain(LeaseKeeper keeper, BitSet doomed, Ints newestFirst) throws IOException {
        BitSet there = new BitSet();
        BitSet gone = (BitSet) orphans.clone();
        Map<Integer, Integer> before = new HashMap<>();
        list(keeper, objects -> {
            int number = number(objects, newestFirst);
            if (number >= 0 && orphans.get(number) && leftovers.isOrphan(objects) && !isConfirmed(objects)) {
                deletes.collect(objects);
                gone.clear(number);
            }
            if (objects.describe().isPresent()) {
                Backup now = objects.describe().get();
                int same = number >= 0 && backups.get(number).equals(now) ? number : backups.add(now);
                there.set(same);
                if (same != number) {
                    before.put(same, number);
                }
            }
        });
        deletes.collectRest();
        BitSet still = new BitSet();
        Ints now = before.isEmpty() ? newestFirst : backups.newestFirst();
        BitSet judged = doomed(now.where(there::get), number -> {
            int was = before.getOrDefault(number, number);
            return was >= 0 && doomed.get(was);
        });
        judged.stream().map(number -> before.getOrDefault(number, number)).forEach(still::set);
        BitSet spared = (BitSet) doomed.clone();
        spared.andNot(still);
        spared.or(gone);
        return spared;
    }

    /** A listing may leave something out; a request for the object itself does not. */
    private boolean isConfirmed(BackupObjects objects) throws IOException {
        return storage.stat(BackupName.manifestName(objects.archiveName())).isPresent();
    }

    private int number(BackupObjects objects, Ints newestFirst) {
        return BackupName.parse(objects.archiveName())
                .map(name -> backups.find(name.timestamp(), name.objectName(), newestFirst))
                .orElse(-1);
    }
}
