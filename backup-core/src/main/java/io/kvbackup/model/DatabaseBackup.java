package io.kvbackup.model;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Description of one database: its sets, indexes and access settings.
 *
 * <p>Snapshots and restores describe a database by a <em>header</em>: this type, with sets that carry no data.
 *
 * @param name the database's name
 * @param sets by name, in the order in which they are written
 * @param indexes by name
 * @param auth access settings, or {@code null} if the database has none
 */
public record DatabaseBackup(
        String name,
        Map<String, SetBackup> sets,
        Map<String, IndexBackup> indexes,
        @Nullable AuthBackup auth) {
    public DatabaseBackup {
        Objects.requireNonNull(name, "name");
        sets = Collections.unmodifiableMap(new LinkedHashMap<>(sets));
        indexes = Collections.unmodifiableMap(new LinkedHashMap<>(indexes));
    }

    /** A header without indexes and access settings. */
    public static DatabaseBackup of(String name, SetBackup... sets) {
        return of(name, List.of(sets), List.of(), null);
    }

    /**
     * A header.
     *
     * @throws IllegalArgumentException if two sets or two indexes share a name
     */
    public static DatabaseBackup of(
            String name, Collection<SetBackup> sets, Collection<IndexBackup> indexes, @Nullable AuthBackup auth) {
        return new DatabaseBackup(
                name, byName(name, sets, SetBackup::name), byName(name, indexes, IndexBackup::name), auth);
    }

    private static <T> Map<String, T> byName(String database, Collection<T> parts, Function<T, String> name) {
        Map<String, T> named = new LinkedHashMap<>();
        for (T part : parts) {
            if (named.put(name.apply(part), part) != null) {
                throw new IllegalArgumentException("database " + database + ": two sets or indexes named "
                        + name.apply(part) + "; names are unique within a database");
            }
        }
        return named;
    }

    /** The same description under another name. */
    public DatabaseBackup withName(String newName) {
        return new DatabaseBackup(newName, sets, indexes, auth);
    }

    /** The same description with only the given sets. */
    public DatabaseBackup withSets(Collection<SetBackup> chosen) {
        return new DatabaseBackup(name, byName(name, chosen, SetBackup::name), indexes, auth);
    }
}
