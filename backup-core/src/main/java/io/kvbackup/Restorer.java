package io.kvbackup;

import io.kvbackup.database.Database;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.host.DatabaseRegistry;
import io.kvbackup.host.NearestName;
import io.kvbackup.job.JobContext;
import io.kvbackup.job.JobScope;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.replication.Replications;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.BackupScanner;
import io.kvbackup.repository.CommitCheck;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import io.kvbackup.restore.BackupRestore;
import io.kvbackup.restore.RestoreCommits;
import io.kvbackup.restore.RestoreIntents;
import io.kvbackup.restore.RestoreRecord;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Decides what of a backup goes into which database, and has it restored. */
final class Restorer {
    private final DatabaseRegistry databases;
    private final BackupKeys keys;
    private final LatestBackup latest;
    private final BackupCatalog catalog;
    private final BackupReader reader;
    private final RestoreIntents intents;
    private final Replications replications;

    Restorer(
            DatabaseRegistry databases,
            BackupKeys keys,
            LatestBackup latest,
            BackupCatalog catalog,
            BackupReader reader,
            RestoreIntents intents,
            Replications replications) {
        this.databases = databases;
        this.keys = keys;
        this.latest = latest;
        this.catalog = catalog;
        this.reader = reader;
        this.intents = intents;
        this.replications = replications;
    }

    /** The database that a restore of one will touch, as far as names tell. */
    static JobScope scopeOfOne(String objectName, RestoreOptions options) {
        Optional<String> target = options.as()
                .or(options::database)
                .or(() -> BackupName.parse(objectName)
                        .map(BackupName::database)
                        .filter(name -> !name.equals(Backup.ALL_DATABASES)));
        return JobScope.holding("restore", target.map(Set::of).orElse(Set.of()));
    }

    Backup one(String objectName, RestoreOptions options, JobContext job) throws IOException {
        if (options.dropOthers() && !options.isWhole()) {
            throw new IllegalArgumentException("option 'dropOthers' is for backups that are restored whole");
        }
        requireNoTarget(options);
        return one(find(objectName, options), reader, options, job);
    }

    /** Restores what a scanner makes of a backup of one database, or one of several. */
    Backup one(StoredBackup backup, BackupScanner scanner, RestoreOptions options, JobContext job) throws IOException {
        StoredContents contents = scanner.contents(backup);
        String objectName = backup.name().objectName();
        String archived = choose(objectName, contents.databaseNames(), options.database());
        Database target = databases.target(options.as().orElse(archived));
        return run(backup, scanner, contents, Map.of(archived, target), Set.of(), options, job);
    }

    private StoredBackup find(String objectName, RestoreOptions options) throws IOException {
        StoredBackup backup = catalog.find(objectName);
        requireTrusted(objectName, backup.name().chain().transforms().isEncrypted(), options);
        return backup;
    }

    /** Somebody who can write to the store could replace what is encrypted by something that is not. */
    void requireTrusted(String what, boolean encrypted, RestoreOptions options) throws IOException {
        if (keys.areConfigured() && !options.allowUnencrypted() && !encrypted) {
            throw new IOException(what + " is not encrypted, and this manager has encryption keys: anybody who can"
                    + " write to the store could have put it there; if you trust it, restore it with"
                    + " RestoreOptions.builder().allowUnencrypted(true)");
        }
    }

    private static String choose(String objectName, List<String> names, Optional<String> wanted) {
        if (wanted.isPresent() ? !names.contains(wanted.get()) : names.size() != 1) {
            throw new IllegalArgumentException(objectName + " holds the databases " + names
                    + wanted.map(name -> " and no '" + name + "'" + NearestName.guess(name, names))
                            .orElse("")
                    + "; name one of them with RestoreOptions.builder().database(…), or use restoreAllDatabases");
        }
        return wanted.orElse(names.get(0));
    }

    private static void requireNoTarget(RestoreOptions options) {
        if (options.target().isPresent()) {
            throw new IllegalArgumentException(
                    "option 'target' is for restoreLatest, which finds what leads to a moment; a backup is one moment");
        }
    }

    Backup all(String objectName, RestoreOptions options, JobContext job) throws IOException {
        requireNoTarget(options);
        if (options.as().isPresent() || options.database().isPresent()) {
            throw new IllegalArgumentException(
                    "options 'as' and 'database' are for restoreDatabase, which restores one");
        }
        StoredBackup backup = find(objectName, options);
        StoredContents contents = reader.contents(backup);
        if (options.dropOthers() && (contents.shape() != ArchiveShape.FULL || !options.isWhole())) {
            throw new IllegalArgumentException(
                    "option 'dropOthers' is for backups of all databases that are restored whole; " + objectName
                            + (contents.shape() == ArchiveShape.FULL
                                    ? " is to be restored in part"
                                    : " holds one database"));
        }
        Map<String, Database> targets = new LinkedHashMap<>();
        for (String name : contents.databaseNames()) {
            targets.put(name, databases.target(name));
        }
        Set<String> toDrop = options.dropOthers() ? databases.othersThan(targets.keySet()) : Set.of();
        return run(backup, reader, contents, targets, toDrop, options, job);
    }

    /** @param until backups with a later stamp do not count */
    Optional<Backup> latest(String database, Instant until, RestoreOptions options, JobContext job) throws IOException {
        if (options.database().isPresent()) {
            throw new IllegalArgumentException(
                    "option 'database' is for restoreDatabase; restoreLatest is told the name");
        }
        databases.requireKnowable(options.as().orElse(database));
        Iterator<Backup> newestFirst = latest.of(database, options.skipDamaged()).stream()
                .filter(each -> !each.timestamp().isAfter(until))
                .iterator();
        while (newestFirst.hasNext()) {
            Backup backup = newestFirst.next();
            try {
                if (holds(backup, database)) {
                    return Optional.of(one(backup.objectName(), options.forLatest(backup, database), job));
                }
            } catch (NoSuchFileException e) {
                // Deleted since it was listed: then another is the latest.
                if (catalog.exists(backup.objectName())) {
                    throw e;
                }
            } catch (CorruptBackupException e) {
                throw new CorruptBackupException(
                        e.getMessage() + "; this is the newest backup, "
                                + (newestFirst.hasNext()
                                        ? "the next older one is "
                                                + newestFirst.next().objectName()
                                        : "there is no other")
                                + "; RestoreOptions.builder().skipDamaged(true) passes over what is known as damaged",
                        e);
            }
        }
        if (databases.find(database).isEmpty()) {
            throw databases.unknown(database);
        }
        return Optional.empty();
    }

    private boolean holds(Backup backup, String database) throws IOException {
        return !backup.isOfAllDatabases()
                || reader.contents(catalog.find(backup.objectName()))
                        .databaseNames()
                        .contains(database);
    }

    private Backup run(
            StoredBackup backup,
            BackupScanner scanner,
            StoredContents contents,
            Map<String, Database> targets,
            Set<String> toDrop,
            RestoreOptions options,
            JobContext job)
            throws IOException {
        Set<String> affected = new TreeSet<>(toDrop);
        targets.values().forEach(target -> affected.add(target.name()));
        job.hold(affected);
        CommitCheck mayReplace = () -> refuseToReplace(targets, options);
        mayReplace.run();
        ReadScope scope = new ReadScope(options.sets(), options.keys());
        ProgressListener listener = job.andThen(options.progress());
        String objectName = backup.name().objectName();
        Set<String> suspended = new TreeSet<>();
        try (RestoreRecord record = intents.record(objectName, options.isWhole(), targets.values(), toDrop)) {
            RestoreCommits commits = new RestoreCommits() {
                @Override
                public boolean dropsOtherSets() {
                    return options.dropOthers();
                }

                @Override
                public void begin(List<String> names) throws IOException {
                    mayReplace.run();
                    suspended.addAll(replications.suspend(affected));
                    if (names.size() + toDrop.size() > 1) {
                        job.beginWhole();
                    } else {
                        job.checkActive();
                    }
                    record.begin(names);
                }

                @Override
                public void committed(String database) throws IOException {
                    record.committed(database);
                }
            };
            new BackupRestore(scanner).run(backup, contents, targets, scope, commits, options.dryRun(), listener);
            if (!options.dryRun()) {
                databases.drop(toDrop);
                record.finish();
            }
        } finally {
            replications.resume(suspended);
        }
        Backup restored = backup.describe();
        job.result(restored.objectName());
        return restored;
    }

    private static void refuseToReplace(Map<String, Database> targets, RestoreOptions options) throws IOException {
        if (options.ifAbsent()) {
            for (Database target : targets.values()) {
                if (target.restoreReplacesEntries()) {
                    throw new FileAlreadyExistsException(
                            target.name(),
                            null,
                            "the database has entries and the restore was asked not to replace any");
                }
            }
        }
    }
}
