package io.kvbackup.database.sqlite;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A foreign key.
 *
 * @param child table that refers
 * @param from its columns
 * @param parent table that is referred to
 * @param to its columns
 * @param within whether both tables are restored, whole
 */
record Reference(String child, List<String> from, String parent, List<String> to, boolean within) {
    /**
     * What the child refers to and the parent has not, compared as SQLite compares for foreign keys: with the affinity
     * and the collation of the parent's columns. A reference with a NULL refers to nothing.
     */
    String broken() {
        return "SELECT " + each(" COLLATE BINARY AS c%1$d", ", ") + " FROM main." + Table.quote(child)
                + " AS c LEFT JOIN main." + Table.quote(parent) + " AS p ON "
                + IntStream.range(0, from.size())
                        .mapToObj(i -> "p." + Table.quote(to.get(i)) + " = +" + child(i))
                        .collect(Collectors.joining(" AND "))
                + " WHERE p." + Table.quote(to.get(0)) + " IS NULL AND " + each(" IS NOT NULL", " AND ");
    }

    private String each(String after, String separator) {
        return IntStream.range(0, from.size())
                .mapToObj(i -> child(i) + String.format(after, i))
                .collect(Collectors.joining(separator));
    }

    private String child(int column) {
        return "c." + Table.quote(from.get(column));
    }

    @Override
    public String toString() {
        return child + " " + from + " -> " + parent + " " + to;
    }
}
