package io.kvbackup.format;

import io.kvbackup.model.DatabaseBackup;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an archive holds of one database.
 *
 * @param header sets, indexes and access settings
 * @param entryCounts entries by set; has exactly the sets of the header
 */
public record DatabaseContents(DatabaseBackup header, Map<String, Long> entryCounts) {
    public DatabaseContents {
        entryCounts = Collections.unmodifiableMap(new LinkedHashMap<>(entryCounts));
        if (!entryCounts.keySet().equals(header.sets().keySet())) {
            throw new IllegalArgumentException("database " + header.name() + " has sets "
                    + header.sets().keySet() + " but counts for " + entryCounts.keySet());
        }
    }

    /** Entries in all sets together. */
    public long entryCount() {
        return entryCounts.values().stream().mapToLong(Long::longValue).sum();
    }
}
