package io.kvbackup.database.rocksdb;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * What RocksDB tells of the files of a column family.
 *
 * @param version grows with each change of its files or memory tables
 * @param ingested how many files were ingested since it was opened
 * @param jobs how many flushes and compactions have ended
 * @param bytes size of its files
 * @param running compactions of all families that go on
 */
record FamilyFiles(long version, long ingested, double jobs, long bytes, long running) {
    private static final Pattern INGESTED = Pattern.compile("AddFile\\(Total Files\\): cumulative (\\d+)");

    /** @param before what was told last */
    static FamilyFiles of(RocksDB db, Family family, @Nullable FamilyFiles before) throws RocksDBException {
        long version = db.getLongProperty(family.handle(), "rocksdb.current-super-version-number");
        long running = db.getLongProperty(family.handle(), "rocksdb.num-running-compactions");
        if (before != null && before.version == version) {
            return new FamilyFiles(version, before.ingested, before.jobs, before.bytes, running);
        }
        long bytes = db.getLongProperty(family.handle(), "rocksdb.live-sst-files-size");
        String jobs = db.getMapProperty(family.handle(), "rocksdb.cfstats").get("compaction.Sum.CompCount");
        Matcher found = INGESTED.matcher(db.getProperty(family.handle(), "rocksdb.cfstats-no-file-histogram"));
        if (jobs == null || !found.find()) {
            throw new RocksDBException("its statistics tell nothing of ingested files; does it have another version?");
        }
        return new FamilyFiles(version, Long.parseLong(found.group(1)), Double.parseDouble(jobs), bytes, running);
    }

    /** What has happened past the log; empty if nothing that is known of. */
    Optional<String> changePastLog(FamilyFiles before, boolean dropsOldFiles) {
        if (ingested > before.ingested) {
            return Optional.of("files were ingested (a bulk load, or a restore)");
        }
        if (ingested < before.ingested || jobs < before.jobs) {
            return Optional.of("its statistics were reset, so nothing tells of ingested files");
        }
        // A compaction that ends is counted before its files go.
        boolean compacted = jobs > before.jobs || before.running > 0;
        return bytes < before.bytes && !compacted && !dropsOldFiles
                ? Optional.of("files were deleted (deleteFilesInRanges)")
                : Optional.empty();
    }
}
