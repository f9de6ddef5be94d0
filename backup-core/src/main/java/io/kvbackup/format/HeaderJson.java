package io.kvbackup.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a manifest describes one database. */
final class HeaderJson {
    /** What a set takes besides its name. */
    static final int LEAST_SET_BYTES = "{'name':'','keys':'TEXT','values':'TEXT','entryCount':0},".length();

    private HeaderJson() {}

    static ObjectNode encode(DatabaseContents contents) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        DatabaseBackup header = contents.header();
        json.put("name", header.name());
        ArrayNode sets = json.putArray("sets");
        for (SetBackup set : header.sets().values()) {
            sets.addObject()
                    .put("name", set.name())
                    .put("keys", set.keys().name())
                    .put("values", set.values().name())
                    .put("entryCount", contents.entryCounts().get(set.name()));
        }
        ArrayNode indexes = json.putArray("indexes");
        for (IndexBackup index : header.indexes().values()) {
            ArrayNode sortFields = indexes.addObject()
                    .put("name", index.name())
                    .put("setName", index.setName())
                    .put("field", index.field())
                    .put("type", index.type())
                    .putArray("sortFields");
            index.sortFields().forEach(sortFields::add);
        }
        AuthBackup auth = header.auth();
        if (auth != null) {
            json.putObject("auth")
                    .put("username", auth.username())
                    .put("password", auth.password())
                    .put("enabled", auth.enabled());
        }
        return json;
    }

    static DatabaseContents decode(JsonFields json) throws CorruptBackupException {
        Map<String, Long> counts = new LinkedHashMap<>();
        List<SetBackup> sets = json.objects("sets", set -> {
            counts.put(set.text("name"), set.number("entryCount"));
            return new SetBackup(
                    set.text("name"), set.constant("keys", Encoding.class), set.constant("values", Encoding.class));
        });
        List<IndexBackup> indexes = json.objects(
                "indexes",
                index -> new IndexBackup(
                        index.text("name"),
                        index.text("setName"),
                        index.text("field"),
                        index.integer("type"),
                        index.texts("sortFields")));
        Optional<JsonFields> auth = json.optionalObject("auth");
        return new DatabaseContents(
                DatabaseBackup.of(json.text("name"), sets, indexes, auth.isPresent() ? auth(auth.get()) : null),
                counts);
    }

    private static AuthBackup auth(JsonFields json) throws CorruptBackupException {
        return new AuthBackup(json.text("username"), json.text("password"), json.flag("enabled"));
    }
}
