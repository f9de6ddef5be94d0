package io.kvbackup.job;

import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a job is about, and which databases nobody else may work on meanwhile.
 *
 * @param kind what is done, as in {@code backup}
 * @param databases names, filed with the job in the history
 * @param exclusive whether the job waits until no other holds one of the databases, and then holds them itself
 * @param everything whether {@code databases} is to be all that exist when the job is asked for, whatever it says
 */
public record JobScope(String kind, Set<String> databases, boolean exclusive, boolean everything) {
    public JobScope {
        requireKind(kind);
        databases = Set.copyOf(databases);
    }

    /** Work that changes a database, or that must not see it change hands. */
    public static JobScope holding(String kind, Set<String> databases) {
        return new JobScope(kind, databases, true, false);
    }

    /** Work for which all databases of the manager must be free. */
    public static JobScope holdingAll(String kind) {
        return new JobScope(kind, Set.of(), true, true);
    }

    /** Work on the store alone. */
    public static JobScope about(String kind, String... databases) {
        return new JobScope(kind, Set.of(databases), false, false);
    }

    JobScope of(Set<String> found) {
        return new JobScope(kind, found, exclusive, false);
    }

    static String requireKind(String kind) {
        if (Objects.requireNonNull(kind, "kind").isBlank() || kind.length() > 100) {
            throw new IllegalArgumentException(
                    "the name of a task must be of 1 to 100 characters that are not all blank, not '" + kind + "'");
        }
        return kind;
    }

    /** As in {@code backup of [orders]}. */
    @Override
    public String toString() {
        return everything
                ? kind + " of all databases"
                : databases.isEmpty() ? kind : kind + " of " + new TreeSet<>(databases);
    }
}
