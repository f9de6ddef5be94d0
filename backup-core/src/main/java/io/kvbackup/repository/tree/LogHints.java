package io.kvbackup.repository.tree;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeRecorder;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.ManifestLog;
import io.kvbackup.format.tree.Ref;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out by the change log of a database what has changed since the backup before. For one pass, used by one thread.
 */
final class LogHints {
    private static final Logger LOG = LoggerFactory.getLogger(LogHints.class);
    /** If there are more changes than one for so many entries, a scan is faster than reading them. */
    private static final int ENTRIES_PER_CHANGE = 10;
    /** So many are always few, and more are too many for memory. */
    private static final int FEW_CHANGES = 1_000;

    private static final int MOST_CHANGES = 200_000;
    private static final long AT_ONCE = 4 << 20;

    private final Optional<ChangeLog> log;
    private final Optional<ManifestLog> before;
    private final long mostChanges;
    private final Map<DatabaseSnapshot, Optional<Map<String, ChangedRanges>>> known = new HashMap<>();

    /** @param log of the only database that the backup is of */
    LogHints(Optional<ChangeLog> log, Optional<StoredTree> parent) {
        // Recorders are of maps, of which to reach a key may take as long as to scan.
        this.log = log.filter(each -> !(each instanceof ChangeRecorder));
        this.before = parent.flatMap(StoredTree::log);
        long entries = parent.stream()
                .flatMap(tree -> tree.roots().values().stream())
                .mapToLong(Ref::entries)
                .sum();
        this.mostChanges = Math.min(MOST_CHANGES, Math.max(FEW_CHANGES, entries / ENTRIES_PER_CHANGE));
    }

    /** Empty if it is not known what has changed in a set. */
    Optional<ChangedRanges> changed(DatabaseSnapshot snapshot, String set) throws IOException {
        Optional<Map<String, ChangedRanges>> changes = known.get(snapshot);
        if (changes == null) {
            changes = read(snapshot);
            known.put(snapshot, changes);
        }
        return changes.map(sets -> sets.getOrDefault(set, new ChangedRanges()));
    }

    private Optional<Map<String, ChangedRanges>> read(DatabaseSnapshot snapshot) throws IOException {
        Optional<ChangeLog.Span> now = snapshot.changes();
        if (log.isEmpty()
                || before.isEmpty()
                || now.isEmpty()
                || !before.get().history().equals(log.get().history())) {
            return Optional.empty();
        }
        Keys keys = new Keys(before.get().position());
        long upTo = now.get().consistentAt();
        try {
            // Something may have happened without a record and without a new position.
            log.get().proof(keys.position);
            try (ChangeReader reader = log.get().open(keys.position)) {
                boolean more = true;
                while (more && Long.compareUnsigned(keys.position, upTo) < 0 && keys.count <= mostChanges) {
                    more = reader.read(keys, AT_ONCE);
                }
            }
        } catch (ChangeGapException e) {
            LOG.info(
                    "database {} is scanned, since its log does not tell what has changed since the last backup: {}",
                    snapshot.header().name(),
                    e.getMessage());
            return Optional.empty();
        }
        boolean all = Long.compareUnsigned(keys.position, upTo) >= 0 && keys.count <= mostChanges;
        return all ? Optional.of(keys.ranges()) : Optional.empty();
    }

    /** Collects keys. */
    private static final class Keys implements ChangeVisitor {
        private final Map<String, TreeMap<byte[], KeyRange>> sets = new HashMap<>();
        private long position;
        private long count;

        Keys(long position) {
            this.position = position;
        }

        @Override
        public void put(String set, byte[] key, byte[] value) {
            add(set, KeyRange.only(key));
        }

        @Override
        public void delete(String set, byte[] key) {
            add(set, KeyRange.only(key));
        }

        @Override
        public void deleteRange(String set, KeyRange keys) {
            add(set, keys);
        }

        private void add(String set, KeyRange keys) {
            count++;
            sets.computeIfAbsent(set, name -> new TreeMap<>(Arrays::compareUnsigned))
                    .merge(keys.from(), keys, Keys::longer);
        }

        private static KeyRange longer(KeyRange one, KeyRange other) {
            byte[] end = one.to();
            byte[] others = other.to();
            return end == null || (others != null && Arrays.compareUnsigned(end, others) >= 0) ? one : other;
        }

        @Override
        public void commit(long at, Instant time) {
            position = at;
        }

        Map<String, ChangedRanges> ranges() {
            Map<String, ChangedRanges> ranges = new HashMap<>();
            sets.forEach((set, keys) -> {
                ChangedRanges changed = new ChangedRanges();
                keys.values().forEach(changed::add);
                ranges.put(set, changed);
            });
            return ranges;
        }
    }
}
