package io.kvbackup.database.rocksdb;

import io.kvbackup.database.ChangeGapException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees what changes entries without a record in RocksDB's log. An era ends with each such event: readers of an earlier
 * one cannot go on.
 */
final class BlindSpots {
    private static final Logger LOG = LoggerFactory.getLogger(BlindSpots.class);

    private final String database;
    private final RocksDB db;
    private final Map<String, Family> families;
    private final Map<Family, FamilyFiles> files = new HashMap<>();
    private @Nullable OptionsFile options;
    private long folderTime = Long.MIN_VALUE;
    private boolean settled;
    private long era;
    private long brokenAt = -1;
    private String why = "";

    BlindSpots(String database, RocksDB db, Map<String, Family> families) {
        this.database = database;
        this.db = db;
        this.families = families;
    }

    /** Looks for what happened since it was last called; the first call only notes how things are. */
    synchronized void look() throws IOException {
        try {
            lookAtOptions();
            for (Family family : families.values()) {
                FamilyFiles before = files.get(family);
                FamilyFiles now = FamilyFiles.of(db, family, before);
                files.put(family, now);
                if (before != null) {
                    now.changePastLog(before, isFifo(family))
                            .ifPresent(event -> end("column family " + family.name() + ": " + event));
                }
            }
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("look at the files of database " + database, e);
        }
    }

    private void end(String event) {
        era++;
        brokenAt = db.getLatestSequenceNumber();
        why = event;
    }

    synchronized long era() {
        return era;
    }

    synchronized void requireEra(long wanted) throws ChangeGapException {
        if (era != wanted) {
            throw broken();
        }
    }

    /** Fails for positions before the last event. */
    synchronized void requireNotBefore(long position) throws ChangeGapException {
        if (position < brokenAt) {
            throw broken();
        }
    }

    /** Fails for a commit that the last event may have followed. */
    synchronized void requireUnbroken(long position) throws ChangeGapException {
        if (position <= brokenAt) {
            throw broken();
        }
    }

    private ChangeGapException broken() {
        return new ChangeGapException("database " + database + ", " + why + ", which leaves no record in RocksDB's log;"
                + " start again from a whole backup");
    }

    private void lookAtOptions() throws IOException {
        Path folder = Path.of(db.getName());
        long changed = Files.getLastModifiedTime(folder).toMillis();
        boolean same = changed == folderTime;
        if (same && settled) {
            return;
        }
        // Another file may come within the same tick of the file system's clock: look once more.
        settled = same;
        folderTime = changed;
        if (options == null) {
            OptionsFile first = OptionsFile.latest(folder)
                    .orElseThrow(() -> new IOException("cannot replicate database " + database + ": " + folder
                            + " has no OPTIONS file, which tells whether its log can be relied on; open it again"));
            LogOptions.requireReadable(database, first);
            warn(first);
            options = first;
            return;
        }
        for (OptionsFile next : OptionsFile.since(folder, options.number()).values()) {
            for (String family : families.keySet()) {
                if (!next.families().containsKey(family)) {
                    end("column family " + family + " was dropped");
                }
            }
            options = next;
        }
    }

    private void warn(OptionsFile current) {
        for (String family : families.keySet()) {
            Optional<String> drops = LogOptions.dropsEntries(current, family);
            drops.ifPresent(what -> LOG.warn(
                    "database {}, column family {}: {} may drop entries, of which RocksDB's log tells nothing: what is"
                            + " restored to a moment has them still",
                    database,
                    family,
                    what));
        }
    }

    private boolean isFifo(Family family) {
        return options != null && LogOptions.isFifo(options, family.name());
    }
}
