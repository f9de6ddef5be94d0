package io.kvbackup.database.sqlite;

import io.kvbackup.database.KeyRange;
import io.kvbackup.model.Encoding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The rows of a table whose keys are in a range. Keys of other storage classes than the column's lie outside. */
record RowRange(Table table, KeyRange range) {
    boolean isAll() {
        return range.equals(KeyRange.all());
    }

    /** A statement about these rows; its only parameters are those of the range. */
    PreparedStatement prepare(Connection connection, String before, String after) throws SQLException {
        String where = "";
        if (!isAll()) {
            where = " WHERE " + table.quotedKey() + " >= " + parameter(1)
                    + (range.to() == null ? "" : " AND " + table.quotedKey() + " < " + parameter(2));
        }
        PreparedStatement statement =
                connection.prepareStatement(before + " FROM main." + table.quotedName() + where + after);
        if (!isAll()) {
            statement.setBytes(1, range.from());
            if (range.to() != null) {
                statement.setBytes(2, range.to());
            }
        }
        return statement;
    }

    private String parameter(int number) {
        return table.keys() == Encoding.TEXT ? "CAST(?" + number + " AS TEXT)" : "?" + number;
    }
}
