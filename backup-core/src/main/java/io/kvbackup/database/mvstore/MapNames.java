package io.kvbackup.database.mvstore;

import io.kvbackup.disk.PartName;
import java.util.Optional;

/** The names of the maps that restores of one database make; no other database has any of them. */
record MapNames(String database) {
    private static final String STAGED = "kvbackup.staged:";
    private static final String PLAN = "kvbackup.restore:";

    private static String part(String name) {
        return PartName.escape(name, c -> c != ':');
    }

    String staged(String map) {
        return STAGED + part(database) + ":" + part(map);
    }

    boolean isStaged(String name) {
        // Where parts were not escaped, more colons may follow: such a map is not known to be this database's.
        String mine = staged("");
        return name.startsWith(mine) && name.indexOf(':', mine.length()) < 0;
    }

    String plan() {
        return PLAN + part(database);
    }

    /** As it was when parts were not escaped; empty if that is the same, or could be another database's today. */
    Optional<String> unescapedStaged(String map) {
        return database.contains(":") || map.contains(":")
                ? Optional.of(STAGED + database + ":" + map)
                : Optional.empty();
    }

    /** As it was when parts were not escaped; empty if that is the same, or could be another database's today. */
    Optional<String> unescapedPlan() {
        return database.contains(":") ? Optional.of(PLAN + database) : Optional.empty();
    }
}
