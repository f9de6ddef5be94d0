package io.kvbackup.database.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Where restores of one database go.
 *
 * @param path of the staging directory
 */
record RestoreSite(
        String database, RocksDB db, Map<String, Family> families, Path path, long splitAt, CommitSteps steps) {

    /** The same with more column families. */
    RestoreSite with(Map<String, Family> more) {
        Map<String, Family> all = new LinkedHashMap<>(families);
        all.putAll(more);
        return new RestoreSite(database, db, Collections.unmodifiableMap(all), path, splitAt, steps);
    }

    Family family(String set) {
        Family family = families.get(set);
        if (family == null) {
            throw new IllegalArgumentException("no column family " + set);
        }
        return family;
    }

    /** Claims the staging directory, empty, after completing what a crash may have left in it. */
    StagingDirectory claim() throws IOException {
        // A restore that cannot end must not leave a decision which a later start would carry out.
        if (!takesWrites()) {
            throw new IOException("cannot begin a restore of database " + database + ": RocksDB takes no writes: it is"
                    + " open read only, or has stopped after an error; open it for writing and restore again");
        }
        if (identity().isEmpty()) {
            throw new IOException("cannot begin a restore of database " + database + ": " + db.getName() + " has no"
                    + " IDENTITY file, by which a restore that a crash cuts short knows its RocksDB again; close "
                    + "the RocksDB and open it again, which writes the file, and restore again");
        }
        StagingDirectory staging = StagingDirectory.claim(path, database)
                .orElseThrow(() -> new IOException("cannot begin a restore of database " + database
                        + ": another one is at work in " + path + "; wait for it, or close it"));
        try {
            rollForward(staging);
            staging.clear();
            return staging;
        } catch (IOException | RuntimeException | Error e) {
            staging.close();
            throw e;
        }
    }

    /** Completes a decided restore, removes the remains of an undecided one, and leaves one that is at work alone. */
    void recover() throws IOException {
        Optional<StagingDirectory> claimed = StagingDirectory.takeOver(path);
        if (claimed.isPresent()) {
            try (StagingDirectory staging = claimed.get()) {
                rollForward(staging);
                staging.remove();
            }
        }
    }

    /** Completes a decided restore of this RocksDB; leaves all else alone, which may be somebody else's. */
    void recoverDecided() throws IOException {
        Optional<String> decided = StagingDirectory.decidedFor(path);
        if (decided.isPresent() && decided.get().equals(identity())) {
            recover();
        }
    }

    private void rollForward(StagingDirectory staging) throws IOException {
        Optional<CommitMarker> marker = staging.readMarker();
        if (marker.isPresent()) {
            SwapIn swapIn = new SwapIn(this, staging, marker.get().keys(), staged(marker.get(), staging));
            swapIn.prepare();
            swapIn.decide();
            swapIn.ingest();
            staging.removeMarker();
        }
    }

    private Map<Family, List<Path>> staged(CommitMarker marker, StagingDirectory staging) throws IOException {
        if (marker.identity().isEmpty() || !marker.identity().equals(identity())) {
            throw unfinished(
                    marker.identity().isEmpty()
                            ? "the RocksDB that it is of had no IDENTITY file, so it may be of another one that was "
                                    + "in the same place"
                            : "it is of another RocksDB that was in the same place");
        }
        Map<Family, List<Path>> content = new LinkedHashMap<>();
        for (Map.Entry<String, List<CommitMarker.StagedFile>> entry :
                marker.families().entrySet()) {
            Family family = families.get(entry.getKey());
            if (family == null) {
                throw unfinished("it needs column family " + entry.getKey() + ", whose handle was not given");
            }
            for (CommitMarker.StagedFile file : entry.getValue()) {
                Path staged = staging.file(file.name());
                if (!Files.exists(staged) || Files.size(staged) != file.size()) {
                    throw unfinished("its file " + staged + " is missing or damaged");
                }
            }
            List<Path> files = entry.getValue().stream()
                    .map(file -> staging.file(file.name()))
                    .toList();
            // A crash after a swap, before the marker says so, leaves the family with the staged entries.
            if (marker.waypoint().isLeftBehindBy(db, family)
                    && !marker.isContentOf(db, family)
                    && !SstEntries.areThoseOf(this, family, marker.keys(), files)) {
                throw new IOException("database " + database + ": a decided restore in " + path
                        + " was cut short, and column family " + family.name()
                        + " has been written to since; completing the"
                        + " restore would erase those writes. Keep what you need of them, remove the folder, and "
                        + "restore again; without the folder, the column families "
                        + marker.families().keySet() + " stay as they are");
            }
            content.put(family, files);
        }
        return content;
    }

    private IOException unfinished(String why) {
        return new IOException("database " + database + ": a decided restore in " + path + " cannot be completed: "
                + why + "; mend that, or give the restore up by removing the folder and restore again");
    }

    /** RocksDB's own id of the database, empty if it keeps none. */
    String identity() throws IOException {
        return identity(Path.of(db.getName()));
    }

    static String identity(Path rocks) throws IOException {
        try {
            return Files.readString(rocks.resolve("IDENTITY")).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /**
     * Whether RocksDB goes on after a failed ingestion. If it does, the failure was before anything changed; if it has
     * stopped, its manifest may or may not hold the change.
     */
    boolean takesWrites() throws IOException {
        RocksDbErrors.ensureOpen(db, "look whether it takes writes");
        try (WriteOptions options = new WriteOptions().setDisableWAL(true);
                WriteBatch nothing = new WriteBatch()) {
            db.write(options, nothing);
            return true;
        } catch (RocksDBException e) {
            return false;
        }
    }
}
