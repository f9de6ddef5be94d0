package io.kvbackup.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.StringDataType;
import org.rocksdb.RocksIterator;

/** Reads the set {@code items} of what a restore has made, with the engine's own means. */
final class Made {
    private Made() {}

    static Map<String, String> items(Engine engine, Path path) throws Exception {
        return switch (engine) {
            case ROCKSDB -> rocksDb(path);
            case MVSTORE -> mvStore(path);
            case SQLITE -> sqlite(path);
            case JSONL -> jsonLines(path);
        };
    }

    private static Map<String, String> rocksDb(Path path) throws Exception {
        Map<String, String> items = new TreeMap<>();
        try (RocksDbHandles db = RocksDbHandles.open(path);
                RocksIterator at = db.iterator("items")) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                items.put(new String(at.key(), UTF_8), new String(at.value(), UTF_8));
            }
        }
        return items;
    }

    private static Map<String, String> mvStore(Path path) {
        try (MVStore store =
                new MVStore.Builder().fileName(path.toString()).readOnly().open()) {
            return new TreeMap<>(store.openMap(
                    "items",
                    new MVMap.Builder<String, String>()
                            .keyType(StringDataType.INSTANCE)
                            .valueType(StringDataType.INSTANCE)));
        }
    }

    private static Map<String, String> sqlite(Path path) throws Exception {
        Map<String, String> items = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT key, value FROM items")) {
            while (rows.next()) {
                items.put(rows.getString(1), rows.getString(2));
            }
        }
        return items;
    }

    private static Map<String, String> jsonLines(Path path) throws Exception {
        Map<String, String> items = new TreeMap<>();
        for (String line : Files.readAllLines(path)) {
            JsonNode entry = new ObjectMapper().readTree(line);
            if (entry.get("set").asText().equals("items")) {
                items.put(text(entry, "key"), text(entry, "value"));
            }
        }
        return items;
    }

    private static String text(JsonNode entry, String name) {
        return entry.has(name)
                ? entry.get(name).asText()
                : new String(
                        Base64.getDecoder().decode(entry.get(name + "_base64").asText()), UTF_8);
    }
}
