package io.kvbackup.database.sqlite;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a table in key order. */
final class TableScan {
    private static final byte[] EMPTY = {};

    private final Connection connection;
    private final Table table;

    TableScan(Connection connection, Table table) {
        this.connection = connection;
        this.table = table;
    }

    void readEntries(KeyRange range, EntryVisitor to) throws IOException, SQLException {
        String columns = "SELECT CAST(" + table.quotedKey() + " AS BLOB), CAST(" + table.quotedValue()
                + " AS BLOB), typeof(" + table.quotedKey() + "), typeof(" + table.quotedValue() + ")";
        RowRange wanted = new RowRange(table, range);
        // Rows of other storage classes lie outside of the range's, and must be noticed when all are asked for.
        if (!wanted.isAll()) {
            refuseStrays();
        }
        try (PreparedStatement statement = wanted.prepare(connection, columns, " ORDER BY " + table.quotedKey());
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                visit(rows, to);
            }
        }
    }

    /**
     * Keys of other storage classes sort before and after those of the column's; looking for them costs three seeks.
     */
    private void refuseStrays() throws IOException, SQLException {
        String key = table.quotedKey();
        List<String> strays = table.keys() == Encoding.TEXT
                ? List.of(key + " IS NULL", key + " < ''", key + " >= x''")
                : List.of(key + " IS NULL", key + " < x''");
        String sql = strays.stream()
                .map(stray -> "SELECT CAST(" + key + " AS BLOB), typeof(" + key + ") FROM main." + table.quotedName()
                        + " WHERE " + stray)
                .collect(Collectors.joining(" UNION ALL "));
        try (PreparedStatement statement = connection.prepareStatement(sql + " LIMIT 1");
                ResultSet rows = statement.executeQuery()) {
            if (rows.next()) {
                require(orEmpty(rows.getBytes(1)), "key", rows.getString(2), Table.storageClass(table.keys()));
            }
        }
    }

    private void visit(ResultSet rows, EntryVisitor to) throws IOException, SQLException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while reading table " + table.name());
        }
        byte[] key = orEmpty(rows.getBytes(1));
        require(key, "key", rows.getString(3), Table.storageClass(table.keys()));
        require(key, "value", rows.getString(4), Table.storageClass(table.values()));
        to.visit(key, orEmpty(rows.getBytes(2)));
    }

    private void require(byte[] key, String part, String found, String wanted) throws IOException {
        require(table, key, part, found, wanted);
    }

    static void require(Table table, byte[] key, String part, String found, String wanted) throws IOException {
        if (!found.equals(wanted)) {
            throw new IOException("table " + table.name() + ", key 0x"
                    + HexFormat.of().formatHex(key) + ": the " + part + " is " + found + ", but the column says "
                    + wanted + "; correct the row, or back up the whole file");
        }
    }

    /** The driver gives null for a value of no bytes. */
    static byte[] orEmpty(byte @Nullable [] bytes) {
        return bytes == null ? EMPTY : bytes;
    }
}
