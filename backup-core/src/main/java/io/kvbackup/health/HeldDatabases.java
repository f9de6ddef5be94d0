package io.kvbackup.health;

import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.repository.BackupCatalog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which databases the backups of all databases hold. Only their manifests tell, and those never change, so each is read once.
 * Safe for use by several threads.
 */
final class HeldDatabases {
    /** How many manifests are looked into for one database, from the newest on. */
    static final int LOOKS = 10;

    private static final int REMEMBERED = 1_000;

    private final BackupCatalog catalog;
    private final Map<String, Set<String>> known = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<String>> eldest) {
            return size() > REMEMBERED;
        }
    });

    HeldDatabases(BackupCatalog catalog) {
        this.catalog = catalog;
    }

    /** Names; empty if the backup is gone, or its manifest damaged, so that it is none. */
    Set<String> of(Backup ofAll) throws IOException {
        Set<String> names = known.get(ofAll.objectName());
        if (names == null) {
            names = read(ofAll.objectName());
            known.put(ofAll.objectName(), names);
        }
        return names;
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
