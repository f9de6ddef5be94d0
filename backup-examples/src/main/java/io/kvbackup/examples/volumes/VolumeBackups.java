package io.kvbackup.examples.volumes;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.directory.ArchivedFile;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The backups of volumes in the store that all daemons share. Safe for use by several threads. */
final class VolumeBackups implements DatabaseCatalog {
    private final Path root;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    VolumeBackups(Path root) {
        this.root = root;
    }

    void know(Volume volume) {
        known.add(volume.database());
    }

    @Override
    public Set<String> databaseNames() {
        return Set.copyOf(known);
    }

    @Override
    public Database database(String name) throws IOException {
        Volume volume = Volume.ofDatabase(name).orElseThrow(() -> new IOException("'" + name + "' is not a volume"));
        return DirectoryDatabase.of(name, volume.folder(root));
    }

    @Override
    public void dropDatabase(String name) throws IOException {
        throw new IOException("volumes are not dropped by backups");
    }

    /** The name of a backup in addresses. */
    static String fileOf(Backup backup) {
        String name = backup.objectName();
        return backup.database() + "@" + name.substring(name.lastIndexOf('/') + 1);
    }

    /** What a listing says of a backup. */
    static Map<String, Object> fields(Backup backup) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", fileOf(backup));
        Volume.ofDatabase(backup.database()).ifPresent(volume -> fields.putAll(volume.fields()));
        fields.put("created", backup.timestamp().toString());
        fields.put("size", backup.storedBytes());
        fields.put("increment", backup.kind() == BackupKind.INCREMENTAL);
        return fields;
    }

    /** Those of a process, the newest first. */
    static List<Backup> list(BackupManager manager, String app, String proc) throws IOException {
        return manager.listBackups().stream()
                .filter(backup -> Volume.ofDatabase(backup.database())
                        .filter(volume ->
                                volume.app().equals(app) && volume.proc().equals(proc))
                        .isPresent())
                .toList();
    }

    static Backup find(BackupManager manager, String file) throws IOException {
        String database = file.substring(0, Math.max(0, file.indexOf('@')));
        Optional<Backup> found = Volume.ofDatabase(database).isEmpty()
                ? Optional.empty()
                : manager.listBackups(database).stream()
                        .filter(backup -> fileOf(backup).equals(file))
                        .findFirst();
        return found.orElseThrow(() -> new HttpError(404, "BACKUP_NOT_FOUND", "There is no backup '" + file + "'"));
    }

    static List<ArchivedFile> files(BackupManager manager, Backup backup) throws IOException {
        List<ArchivedFile> files = new ArrayList<>();
        manager.readEntries(
                backup.objectName(),
                backup.database(),
                DirectoryDatabase.FILES,
                KeyRange.all(),
                (key, value) -> files.add(ArchivedFile.of(key, value)));
        return files;
    }

    /**
     * Restores a backup into a volume.
     *
     * @param chosen files and folders; all if it is empty
     */
    static void recover(BackupManager manager, Backup backup, Volume target, List<String> chosen) throws IOException {
        RestoreOptions options = RestoreOptions.builder().as(target.database()).build();
        if (chosen.isEmpty()) {
            manager.restoreDatabase(backup.objectName(), options);
            return;
        }
        List<ArchivedFile> files = files(manager, backup);
        List<KeyRange> ranges = new ArrayList<>();
        for (String path : chosen) {
            ArchivedFile file = files.stream()
                    .filter(each -> !path.isEmpty() && each.path().equals(path))
                    .findFirst()
                    .orElseThrow(() -> new HttpError(
                            404, "FILE_NOT_FOUND", "The backup '" + fileOf(backup) + "' has no file '" + path + "'"));
            ranges.add(
                    file.kind() == ArchivedFile.Kind.FOLDER
                            ? DirectoryDatabase.below(path)
                            : DirectoryDatabase.only(path));
        }
        for (KeyRange range : ranges) {
            manager.restoreDatabase(
                    backup.objectName(), options.toBuilder().keys(range).build());
        }
    }
}
