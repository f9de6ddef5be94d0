package io.kvbackup.database.rocksdb;

import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rocksdb.FlushOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDBException;

/**
 * Replaces the content of column families by staged files: deletions of the live keys and the new entries go into a
 * family in one ingestion, in which later files win, so that each family changes at once.
 *
 * <p>After each family the marker is written anew, without it, so that what is done again after a crash is as little as
 * may be. A family may be done again: its staged files stay until all are done, and the deletions are those of the keys
 * that live then.
 */
final class SwapIn {
    private final RestoreSite target;
    private final StagingDirectory staging;
    private final KeyRange keys;
    private final Map<Family, List<Path>> content;
    private final Map<Family, List<Path>> deletions = new LinkedHashMap<>();
    private final Map<String, String> replaced = new LinkedHashMap<>();
    private final Set<Family> done = new LinkedHashSet<>();
    private WriteWatermark waypoint = new WriteWatermark(0, 0);

    /** @param keys those that are replaced */
    SwapIn(RestoreSite target, StagingDirectory staging, KeyRange keys, Map<Family, List<Path>> content) {
        this.target = target;
        this.staging = staging;
        this.keys = keys;
        this.content = content;
    }

    /** Writes the deletions, the last thing that takes time and disk space, and empties what is in memory only. */
    void prepare() throws IOException {
        for (Family family : content.keySet()) {
            family.ensureOpen(target.db(), "swap in column family " + family.name());
        }
        Path folder = staging.newIngestFolder();
        flush();
        waypoint = WriteWatermark.of(target.db());
        for (Family family : content.keySet()) {
            try (SstFiles files =
                    new SstFiles(target.db(), family, folder, deletions.size() + "-x", target.splitAt())) {
                ContentDigest content = new ContentDigest();
                new FamilyScan(target.db(), family).entries(null, keys, (key, value) -> {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedIOException("interrupted while preparing column family " + family.name());
                    }
                    content.visit(key, value);
                    files.delete(key);
                });
                replaced.put(family.name(), content.result());
                deletions.put(family, files.finish());
            }
            target.steps().reached("deletions of " + family.name() + " written");
        }
    }

    /** What is written after the deletions were gathered would be there beside the staged entries. */
    private void refuseWritten() throws IOException {
        for (Family family : content.keySet()) {
            if (waypoint.isLeftBehindBy(target.db(), family)
                    && !ContentDigest.of(target.db(), family, keys).equals(replaced.get(family.name()))) {
                throw new IOException(
                        "column family " + family.name() + " is written to while it is restored; stop what"
                                + " writes to it during the commit, and restore again");
            }
        }
    }

    /** From here on, an entry in memory is one that somebody writes meanwhile. */
    private void flush() throws IOException {
        try (FlushOptions options = new FlushOptions()) {
            target.db()
                    .flush(
                            options,
                            content.keySet().stream().map(Family::handle).toList());
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("flush the column families that are restored", e);
        }
    }

    /** Puts it on record that the families not yet swapped in are to be, and how things stand now. */
    void decide() throws IOException {
        staging.writeMarker(marker(), target.steps());
    }

    /** Puts it on record how things stand after a failure, when nothing is on its way into RocksDB. */
    void stop() throws IOException {
        staging.writeMarker(marker(), CommitSteps.IGNORED);
    }

    void ingest() throws IOException {
        refuseWritten();
        for (Map.Entry<Family, List<Path>> family : content.entrySet()) {
            ingest(family.getKey(), family.getValue());
            done.add(family.getKey());
            target.steps().reached(family.getKey().name() + " ingested");
            if (done.size() < content.size()) {
                waypoint = waypoint.next(target.db(), pending());
                staging.writeMarker(marker(), CommitSteps.IGNORED);
            }
            target.steps().reached(family.getKey().name() + " swapped in");
        }
    }

    private List<Family> pending() {
        return content.keySet().stream()
                .filter(family -> !done.contains(family))
                .toList();
    }

    /** How many families have their new content. */
    int done() {
        return done.size();
    }

    private CommitMarker marker() throws IOException {
        Map<String, List<CommitMarker.StagedFile>> families = new LinkedHashMap<>();
        for (Map.Entry<Family, List<Path>> family : content.entrySet()) {
            if (!done.contains(family.getKey())) {
                List<CommitMarker.StagedFile> files = new ArrayList<>();
                for (Path file : family.getValue()) {
                    files.add(new CommitMarker.StagedFile(file.getFileName().toString(), Files.size(file)));
                }
                families.put(family.getKey().name(), files);
            }
        }
        return new CommitMarker(target.identity(), waypoint, keys, replaced, families);
    }

    private void ingest(Family family, List<Path> data) throws IOException {
        String operation = "swap in column family " + family.name();
        family.ensureOpen(target.db(), operation);
        Optional<List<Path>> links = link(data);
        List<Path> files = new ArrayList<>(deletions.getOrDefault(family, List.of()));
        files.addAll(links.orElse(data));
        target.steps().reached(family.name() + " linked");
        if (files.isEmpty()) {
            return;
        }
        try (IngestExternalFileOptions options = new IngestExternalFileOptions()) {
            // The staged files share their bytes with the links: RocksDB must not write into them.
            options.setWriteGlobalSeqno(false).setMoveFiles(links.isPresent());
            target.db()
                    .ingestExternalFile(
                            family.handle(), files.stream().map(Path::toString).toList(), options);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate(operation, e);
        }
    }

    /**
     * Links are moved instead of the staged files, so that those are there if a crash means doing this again. Empty if
     * the file system has no links; then RocksDB copies.
     */
    private Optional<List<Path>> link(List<Path> data) throws IOException {
        List<Path> links = new ArrayList<>();
        try {
            for (Path file : data) {
                links.add(Files.createLink(staging.toIngest(file), file));
            }
            return Optional.of(links);
        } catch (UnsupportedOperationException | FileSystemException e) {
            return Optional.empty();
        }
    }
}
