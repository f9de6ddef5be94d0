package io.kvbackup.restore;

import io.kvbackup.database.Database;
import io.kvbackup.disk.FileClaim;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Knows of restores of several databases that broke off between two commits, so that some databases are restored and
 * others are not. The records lie beside the databases, on the machine that has them: other machines restore from the
 * same store. Safe for use by several threads.
 */
public final class RestoreIntents {
    private final Collection<Database> registered;
    private final Optional<Path> more;
    private final Clock clock;

    /**
     * @param registered the databases that are known from the start
     * @param more a folder of the host for databases that are in no folder
     */
    public RestoreIntents(Collection<Database> registered, Optional<Path> more, Clock clock) {
        this.registered = registered;
        this.more = more;
        this.clock = clock;
    }

    /**
     * Records a restore as it goes on. Nothing is written for one that cannot be half done.
     *
     * @param targets all that are restored
     * @param drop databases that go when all are restored
     */
    public RestoreRecord record(String objectName, boolean whole, Collection<Database> targets, Set<String> drop) {
        return new RestoreRecord(this, objectName, whole, targets, drop);
    }

    RestoreIntent write(String objectName, boolean whole, List<IntentFile.Member> members, Set<Path> folders)
            throws IOException {
        return RestoreIntent.write(new IntentFile(objectName, clock.instant(), whole, members), folders);
    }

    /** Where the records of a database lie. */
    Set<Path> folders(Collection<Database> databases) {
        Set<Path> folders = new LinkedHashSet<>();
        databases.forEach(database -> place(database).map(Path::getParent).ifPresent(folders::add));
        more.ifPresent(folders::add);
        return folders;
    }

    static Optional<Path> place(Database database) {
        return database.places().stream()
                .findFirst()
                .map(place -> place.path().toAbsolutePath().normalize())
                .filter(path -> path.getParent() != null);
    }

    static String placeName(Database database) {
        return place(database).map(path -> String.valueOf(path.getFileName())).orElse("");
    }

    /** What is to be said of each restore that broke off and left one of the registered or of these databases open. */
    public List<String> unfinished(Collection<Database> databases) {
        Collection<Database> asked = new LinkedHashSet<>(registered);
        asked.addAll(databases);
        Map<String, UnfinishedRestore> byName = new TreeMap<>();
        for (Path file : files(asked)) {
            if (isDead(file)) {
                UnfinishedRestore.read(file)
                        .filter(restore -> restore.isOf(asked))
                        .ifPresent(restore ->
                                byName.merge(String.valueOf(file.getFileName()), restore, UnfinishedRestore::together));
            }
        }
        return byName.values().stream().map(UnfinishedRestore::toString).toList();
    }

    /** These databases are as somebody wants them, whatever broke off before. */
    void settle(Collection<Database> restored, boolean whole, Set<String> dropped) throws IOException {
        Collection<Database> all = new LinkedHashSet<>(registered);
        all.addAll(restored);
        for (Path file : files(all)) {
            Optional<FileClaim> claim = FileClaim.take(RestoreIntent.lock(file));
            if (claim.isEmpty()) {
                continue;
            }
            boolean gone;
            try (FileClaim held = claim.get()) {
                gone = !Files.exists(file)
                        || UnfinishedRestore.read(file)
                                .filter(restore -> restore.settle(file, restored, whole, dropped))
                                .isPresent();
                if (gone) {
                    Files.deleteIfExists(file);
                }
            }
            if (gone) {
                RestoreIntent.removeLock(file);
            }
        }
    }

    private List<Path> files(Collection<Database> databases) {
        List<Path> files = new ArrayList<>();
        for (Path folder : folders(databases)) {
            try (DirectoryStream<Path> found =
                    Files.newDirectoryStream(folder.resolve(RestoreIntent.FOLDER), "*" + RestoreIntent.SUFFIX)) {
                found.forEach(files::add);
            } catch (NoSuchFileException | NotDirectoryException e) {
                // The usual case: nothing ever broke off there.
            } catch (IOException e) {
                UnfinishedRestore.warn(folder.resolve(RestoreIntent.FOLDER), e);
            }
        }
        return files;
    }

    /** Whether the process that wrote it has ended. */
    private static boolean isDead(Path file) {
        try {
            Optional<FileClaim> claim = FileClaim.take(RestoreIntent.lock(file));
            if (claim.isEmpty()) {
                return false;
            }
            claim.get().close();
            if (Files.exists(file)) {
                return true;
            }
            RestoreIntent.removeLock(file);
            return false;
        } catch (IOException e) {
            // Locks may be impossible there: better a word too many.
            return Files.exists(file);
        }
    }
}
