package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** What the daemons did, in an embedded database. Safe for use by several threads. */
final class Records implements Closeable {
    private final MVStore store;
    private final MVMap<String, String> records;

    Records(Path file) throws IOException {
        Files.createDirectories(
                Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow());
        store = MVStore.open(file.toString());
        records = store.openMap("records");
    }

    /** Notes how a record stands now; one that has ended does not begin again. */
    synchronized void put(JsonNode record) throws IOException {
        String id = Json.text(record, "id");
        String old = records.get(id);
        if (old == null || read(old).path("state").asText().equals("running")) {
            records.put(id, new String(Json.write(record), StandardCharsets.UTF_8));
            store.commit();
        }
    }

    private static JsonNode read(String text) throws IOException {
        return Json.read(text.getBytes(StandardCharsets.UTF_8));
    }

    Optional<JsonNode> find(String app, String id) throws IOException {
        String text = records.get(id);
        return text == null
                ? Optional.empty()
                : Optional.of(read(text))
                        .filter(record -> record.path("app").asText().equals(app));
    }

    /** Of an app, the newest first. */
    List<JsonNode> list(String app) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (String text : records.values()) {
            JsonNode record = read(text);
            if (record.path("app").asText().equals(app)) {
                found.add(0, record);
            }
        }
        return found;
    }

    @Override
    public void close() {
        store.close();
    }
}
