package io.kvbackup.examples.objectstore;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which buckets and objects there are: two tables of key and value, so that the library can read them. The key of an
 * object is its bucket, a slash, and its name. Safe for use by several threads.
 */
final class Metadata implements Closeable {
    static final String BUCKETS = "buckets";
    static final String OBJECTS = "objects";

    /**
     * An object.
     *
     * @param file the name of its content in the folder, given to no other content ever
     */
    record Entry(String name, long size, String etag, String type, String modified, String file) {}

    private final Connection connection;

    /** Opens the database, and makes its tables if they are missing. */
    Metadata(Path file) throws IOException {
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode=WAL");
                statement.execute("PRAGMA synchronous=FULL");
                for (String table : List.of(BUCKETS, OBJECTS)) {
                    statement.execute("CREATE TABLE IF NOT EXISTS " + table
                            + " (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID");
                }
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IOException failed(SQLException e) {
        return new IOException("the metadata cannot be read or written: " + e.getMessage(), e);
    }

    /** Whether there was none of that key. */
    private boolean insert(String table, String key, String value) throws IOException {
        return update("INSERT OR IGNORE INTO " + table + " (key, value) VALUES (?, ?)", key, value) == 1;
    }

    private synchronized int update(String sql, String... values) throws IOException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Keys and values of a query. */
    private synchronized List<String[]> query(String sql, String... values) throws IOException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            List<String[]> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(new String[] {result.getString(1), result.getString(2)});
                }
            }
            return rows;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    boolean createBucket(String bucket, String created) throws IOException {
        return insert(BUCKETS, bucket, created);
    }

    boolean hasBucket(String bucket) throws IOException {
        return !query("SELECT key, value FROM buckets WHERE key = ?", bucket).isEmpty();
    }

    List<Map<String, String>> buckets() throws IOException {
        return query("SELECT key, value FROM buckets ORDER BY key").stream()
                .map(row -> Map.of("name", row[0], "created", row[1]))
                .toList();
    }

    /** Whether it was there. */
    boolean deleteBucket(String bucket) throws IOException {
        return update("DELETE FROM buckets WHERE key = ?", bucket) == 1;
    }

    void put(String bucket, Entry entry) throws IOException {
        String value = new String(Json.write(entry), StandardCharsets.UTF_8);
        update("INSERT OR REPLACE INTO objects (key, value) VALUES (?, ?)", bucket + "/" + entry.name(), value);
    }

    Optional<Entry> find(String bucket, String name) throws IOException {
        List<String[]> rows = query("SELECT key, value FROM objects WHERE key = ?", bucket + "/" + name);
        return rows.isEmpty() ? Optional.empty() : Optional.of(entry(rows.get(0)[1]));
    }

    boolean delete(String bucket, String name) throws IOException {
        return update("DELETE FROM objects WHERE key = ?", bucket + "/" + name) == 1;
    }

    /** Those whose name begins with a prefix and comes after another one, in the order of names. */
    List<Entry> list(String bucket, String prefix, String after, int most) throws IOException {
        String start = bucket + "/";
        List<Entry> found = new ArrayList<>();
        for (String[] row : query(
                "SELECT key, value FROM objects WHERE key > ? AND key >= ? AND substr(key, 1, length(?)) = ?"
                        + " ORDER BY key LIMIT " + most,
                start + after,
                start + prefix,
                start + prefix,
                start + prefix)) {
            found.add(entry(row[1]));
        }
        return found;
    }

    private static Entry entry(String text) throws IOException {
        JsonNode value = Json.read(text.getBytes(StandardCharsets.UTF_8));
        return new Entry(
                Json.text(value, "name"),
                value.path("size").asLong(),
                Json.text(value, "etag"),
                Json.text(value, "type"),
                Json.text(value, "modified"),
                Json.text(value, "file"));
    }

    /** The contents that are needed. */
    Set<String> files() throws IOException {
        Set<String> files = new LinkedHashSet<>();
        for (String[] row : query("SELECT key, value FROM objects")) {
            files.add(entry(row[1]).file());
        }
        return files;
    }

    @Override
    public synchronized void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
