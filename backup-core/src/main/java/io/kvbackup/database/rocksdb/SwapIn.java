package io.kvbackup.database.rocksdb;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Replaces the content of column families by staged files: deletions of the live keys and the new entries go into a family
 * in one ingestion, in which later files win, so that each family changes at once.
 *
 * <p>May be done again from the start after a crash at any point: the staged files stay until all families are done, and
 * the deletions are those of the keys that live then.
 */
final class SwapIn {
    private final RocksDB db;
    private final StagingDirectory staging;
    private final long splitAt;
    private final CommitSteps steps;
    private final Map<Family, List<Path>> content;
    private final Map<Family, List<Path>> deletions = new LinkedHashMap<>();
    private int done;

    SwapIn(RocksDB db, StagingDirectory staging, long splitAt, CommitSteps steps, Map<Family, List<Path>> content) {
        this.db = db;
        this.staging = staging;
        this.splitAt = splitAt;
        this.steps = steps;
        this.content = content;
    }

    /** Writes the deletions, the last thing that takes time and disk space. */
    void prepare() throws IOException {
        Path folder = staging.newIngestFolder();
        for (Family family : content.keySet()) {
            try (SstFiles files = new SstFiles(db, family, folder, deletions.size() + "-x", splitAt)) {
                new FamilyScan(db, family).keys(key -> {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedIOException("interrupted while preparing column family " + family.name());
                    }
                    files.delete(key);
                });
                deletions.put(family, files.finish());
            }
            steps.reached("deletions of " + family.name() + " written");
        }
    }

    void ingest() throws IOException {
        for (Map.Entry<Family, List<Path>> family : content.entrySet()) {
            ingest(family.getKey(), family.getValue());
            done++;
            steps.reached(family.getKey().name() + " swapped in");
        }
    }

    /** How many families have their new content. */
    int done() {
        return done;
    }

    private void ingest(Family family, List<Path> data) throws IOException {
        String operation = "swap in column family " + family.name();
        family.ensureOpen(db, operation);
        Optional<List<Path>> links = link(data);
        List<Path> files = new ArrayList<>(deletions.getOrDefault(family, List.of()));
        files.addAll(links.orElse(data));
        steps.reached(family.name() + " linked");
        if (files.isEmpty()) {
            return;
        }
        try (IngestExternalFileOptions options = new IngestExternalFileOptions()) {
            // The staged files share their bytes with the links: RocksDB must not write into them.
            options.setWriteGlobalSeqno(false).setMoveFiles(links.isPresent());
            db.ingestExternalFile(
                    family.handle(), files.stream().map(Path::toString).toList(), options);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate(operation, e);
        }
    }

    /**
     * Links are moved instead of the staged files, so that those are there if a crash means doing this again. Empty if the
     * file system has no links; then RocksDB copies.
     */
    private Optional<List<Path>> link(List<Path> data) throws IOException {
        List<Path> links = new ArrayList<>();
        try {
            for (Path file : data) {
                links.add(Files.createLink(staging.file("ingest").resolve(file.getFileName()), file));
            }
            return Optional.of(links);
        } catch (UnsupportedOperationException | FileSystemException e) {
            return Optional.empty();
        }
    }
}
