package io.kvbackup.cli;

import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The databases and sets of a backup that somebody has named. */
final class Selection {
    private Selection() {}

    static List<DatabaseBackup> databases(Backup backup, List<DatabaseBackup> all, @Nullable String wanted)
            throws NoSuchFileException {
        if (wanted == null) {
            return all;
        }
        List<DatabaseBackup> one =
                all.stream().filter(each -> each.name().equals(wanted)).toList();
        if (one.isEmpty()) {
            throw missing(
                    wanted,
                    "backup " + backup.objectName() + " does not hold this database; it holds ",
                    all.stream().map(DatabaseBackup::name).toList());
        }
        return one;
    }

    static Collection<SetBackup> sets(DatabaseBackup database, List<String> wanted) throws NoSuchFileException {
        for (String name : wanted) {
            if (!database.sets().containsKey(name)) {
                throw missing(
                        name,
                        "database " + database.name() + " has no such set in this backup; it has ",
                        database.sets().keySet());
            }
        }
        return database.sets().values().stream()
                .filter(set -> wanted.isEmpty() || wanted.contains(set.name()))
                .toList();
    }

    private static NoSuchFileException missing(String name, String why, Collection<String> known) {
        return new NoSuchFileException(name, null, why + String.join(", ", known));
    }
}
