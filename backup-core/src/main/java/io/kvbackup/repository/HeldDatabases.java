package io.kvbackup.repository;

import io.kvbackup.encryption.EncryptionKeyException;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which databases the backups of all databases hold. Only their manifests tell, and those never change, so each is read
 * once. Safe for use by several threads.
 */
public final class HeldDatabases {
    /** How many manifests are looked into for one database, from the newest on. */
    public static final int LOOKS = 10;

    /** Some 200 bytes each, since backups in a row that hold the same share one set of names. */
    private static final int REMEMBERED = 20_000;

    private final BackupCatalog catalog;
    private final Map<String, Set<String>> known = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<String>> eldest) {
            return size() > REMEMBERED;
        }
    });

    private volatile Set<String> last = Set.of();

    public HeldDatabases(BackupCatalog catalog) {
        this.catalog = catalog;
    }

    /** Names; empty if the backup is gone, or its manifest damaged, so that it is none. */
    public Set<String> of(Backup ofAll) throws IOException {
        Set<String> names = known.get(ofAll.objectName());
        if (names == null) {
            Set<String> before = last;
            Set<String> read = read(ofAll.objectName());
            names = read.equals(before) ? before : read;
            last = names;
            known.put(ofAll.objectName(), names);
        }
        return names;
    }

    /**
     * The backups from which a database can be restored, newest first: its own, and those of all databases that hold
     * it. One that is encrypted with a key that is not here may hold it, and counts.
     */
    public List<Backup> backupsHolding(String database) throws IOException {
        BackupTable found = new BackupTable();
        catalog.list(database).forEach(found::add);
        for (Backup ofAll : catalog.list(Backup.ALL_DATABASES)) {
            if (mayHold(ofAll, database)) {
                found.add(ofAll);
            }
        }
        return found.view(found.newestFirst());
    }

    private boolean mayHold(Backup ofAll, String database) throws IOException {
        try {
            return of(ofAll).contains(database);
        } catch (EncryptionKeyException e) {
            return true;
        }
    }

    private Set<String> read(String objectName) throws IOException {
        try {
            return catalog.find(objectName).describe().contents().stream()
                    .flatMap(contents -> contents.databases().stream())
                    .map(DatabaseBackup::name)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (NoSuchFileException | CorruptBackupException e) {
            return Set.of();
        }
    }
}
