package io.kvbackup.repository;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.ManifestLog;
import io.kvbackup.model.Backup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes backups of one kind: data first, then the manifest that makes them one. Safe for use by several threads. */
public interface BackupWriter {
    /**
     * What to write.
     *
     * @param folder database name, or {@code full}
     * @param databases which it holds; it gets a later stamp than other backups of theirs
     * @param shape one bare database, or all with a summary
     * @param chain format and transforms
     * @param temporary folder for temporary files
     * @param spool whether all data goes into temporary files, and the snapshots are closed, before the first upload
     *     starts; otherwise it is uploaded while it is scanned
     * @param reuse whether what earlier backups have stored may be used again, by kinds of backups that can
     * @param tags names for the backup, in place before it exists
     * @param listener told of the scan
     * @param mayCommit asked just before the manifest makes the data a backup
     * @param stamp of the backup that is written in another way; empty for one that is later than all before
     * @param log writes down where the backup stands in a change log
     * @param unlessEqual the newest backup, if there is to be no other that holds the same
     */
    record Request(
            String folder,
            Collection<String> databases,
            ArchiveShape shape,
            FormatChain chain,
            Path temporary,
            boolean spool,
            boolean reuse,
            Set<String> tags,
            ProgressListener listener,
            CommitCheck mayCommit,
            Optional<Instant> stamp,
            Optional<ReplicatedLog> log,
            Optional<StoredBackup> unlessEqual) {
        /** A backup that is taken whatever the newest holds. */
        public Request(
                String folder,
                Collection<String> databases,
                ArchiveShape shape,
                FormatChain chain,
                Path temporary,
                boolean spool,
                boolean reuse,
                Set<String> tags,
                ProgressListener listener,
                CommitCheck mayCommit,
                Optional<Instant> stamp,
                Optional<ReplicatedLog> log) {
            this(
                    folder,
                    databases,
                    shape,
                    chain,
                    temporary,
                    spool,
                    reuse,
                    tags,
                    listener,
                    mayCommit,
                    stamp,
                    log,
                    Optional.empty());
        }

        /** The same, unless the newest backup holds the same. */
        public Request unlessEqual(StoredBackup newest) {
            return new Request(
                    folder,
                    databases,
                    shape,
                    chain,
                    temporary,
                    spool,
                    reuse,
                    tags,
                    listener,
                    mayCommit,
                    stamp,
                    log,
                    Optional.of(newest));
        }

        /** Where the snapshots stand in the log, if that is to be written down. Asked when they have been read. */
        public @Nullable ManifestLog logAt(SnapshotGroup snapshots) throws IOException {
            return log.isPresent() ? log.get().at(snapshots.all()) : null;
        }
    }

    /**
     * A change log that is being replicated.
     *
     * @param history whose positions the log counts
     * @param timeline takes the commits that come after the backup
     * @param changes the log itself, if it may be asked what has changed since the backup before
     */
    record ReplicatedLog(String history, String timeline, Optional<ChangeLog> changes) {
        public ReplicatedLog(String history, String timeline) {
            this(history, timeline, Optional.empty());
        }

        /** The same, of a database whose log may be asked. */
        public ReplicatedLog of(Database database) {
            return new ReplicatedLog(history, timeline, database.changeLog());
        }

        private ManifestLog at(List<DatabaseSnapshot> snapshots) throws IOException {
            ChangeLog.Span span =
                    snapshots.size() == 1 ? snapshots.get(0).changes().orElse(null) : null;
            if (span == null) {
                throw new IOException("a backup that a log goes on from is of one database, whose snapshots say where"
                        + " they stand in its log (DatabaseSnapshot.changes()); these do not");
            }
            return new ManifestLog(history, timeline, span.replayFrom(), span.consistentAt());
        }
    }

    /** Opens the snapshots to write. */
    interface SnapshotSource {
        SnapshotGroup open() throws IOException;
    }

    /**
     * Writes one backup into the store of this writer. The store is asked for earlier ones before the snapshots, and
     * any locks they hold, are taken.
     *
     * @return the new backup, or the one in {@link Request#unlessEqual} if that holds the same
     */
    Backup write(Request request, SnapshotSource source) throws IOException;

    /**
     * Writes one backup into several stores, under one name, and reads the databases only once: into temporary files,
     * from which each store is then served on a thread of its own. So the slowest store delays neither the snapshots
     * nor the others, and a store that fails or hangs only misses its own copy.
     *
     * @param stores by name, the one of this writer first; each has deadlines of its own, so that none hangs for ever
     * @return what became of it in each store
     * @throws IOException if the databases could not be read
     */
    Map<String, StoreOutcome> write(Request request, SnapshotSource source, Map<String, StorageClient> stores)
            throws IOException;
}
