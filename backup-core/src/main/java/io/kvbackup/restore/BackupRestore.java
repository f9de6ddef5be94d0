package io.kvbackup.restore;

import io.kvbackup.database.Database;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupScanner;
import io.kvbackup.repository.Closeables;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Restores backups: everything is staged and verified before the first database is touched. Safe for use by several
 * threads.
 */
public final class BackupRestore {
    private final BackupScanner reader;

    public BackupRestore(BackupScanner reader) {
        this.reader = reader;
    }

    /**
     * Stages, verifies, then commits one database after the other.
     *
     * @param contents what {@link BackupScanner#contents} said
     * @param targets where to, by the name in the archive; databases without a target are not restored
     * @param commits is told when all is staged and verified, may have nothing changed after all, and hears of each
     *     commit
     * @param dryRun stop short of the commit: everything is read and verified, and the targets are asked whether they
     *     would take it
     */
    public void run(
            StoredBackup backup,
            StoredContents contents,
            Map<String, Database> targets,
            ReadScope scope,
            RestoreCommits commits,
            boolean dryRun,
            ProgressListener listener)
            throws IOException {
        List<StagedDatabase> staged = new ArrayList<>();
        try (Closeable all = () -> Closeables.closeAll(staged)) {
            List<Optional<StagedDatabase>> inOrder = new ArrayList<>();
            for (DatabaseContents each : contents.databases()) {
                Database target = targets.get(each.header().name());
                if (target == null) {
                    inOrder.add(Optional.empty());
                    continue;
                }
                StagedDatabase database = new StagedDatabase(target, each.header(), scope, dryRun);
                staged.add(database);
                inOrder.add(Optional.of(database));
            }
            if (dryRun && scope.isWholeSets()) {
                Closeables.closeAll(staged);
                staged.clear();
                reader.verify(backup, listener);
                return;
            }
            reader.read(
                    backup,
                    scope.in(targets.keySet()),
                    new RestoringVisitor(inOrder, contents.unsortedSets()),
                    listener);
            for (StagedDatabase database : staged) {
                if (commits.dropsOtherSets()) {
                    database.dropOtherSets();
                }
                database.prepare();
            }
            if (dryRun) {
                return;
            }
            commits.begin(staged.stream().map(StagedDatabase::name).toList());
            commit(staged, commits);
        }
    }

    /** One after the other; an interrupt that comes after the first waits until all are in. */
    private static void commit(List<StagedDatabase> staged, RestoreCommits commits) throws IOException {
        List<String> committed = new ArrayList<>();
        boolean interrupted = false;
        try {
            for (StagedDatabase database : staged) {
                database.commit();
                committed.add(database.name());
                interrupted |= Thread.interrupted();
                commits.committed(database.name());
            }
        } catch (IOException | RuntimeException e) {
            if (staged.size() == 1 || committed.size() == staged.size()) {
                throw e;
            }
            List<String> rest = staged.stream()
                    .map(StagedDatabase::name)
                    .filter(name -> !committed.contains(name))
                    .toList();
            throw new IOException(
                    "the restore of several databases broke off: " + committed + " are restored; the first of " + rest
                            + " failed and the others are as they were: " + e.getMessage(),
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
