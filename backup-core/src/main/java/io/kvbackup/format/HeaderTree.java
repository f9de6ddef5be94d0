package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The small parts of an archive (everything but entries) as trees, the same in all formats. */
final class HeaderTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private HeaderTree() {}

    static ObjectNode metadata(BackupMetadata metadata) {
        return NODES.objectNode()
                .put("timestamp", DateTimeFormatter.ISO_INSTANT.format(metadata.timestamp()))
                .put("version", metadata.version())
                .put("database_count", metadata.databaseCount())
                .put("set_count", metadata.setCount())
                .put("entry_count", metadata.entryCount());
    }

    /** @param passed supplies the counts that the summary does not give */
    static BackupMetadata metadata(JsonNode node, ArchiveTally passed) throws CorruptBackupException {
        HeaderFields fields = new HeaderFields("metadata", node);
        String version =
                fields.optional("version").isPresent() ? fields.text("version") : BackupMetadata.CURRENT_VERSION;
        refuseNewer(version);
        String timestamp = fields.text("timestamp");
        try {
            return new BackupMetadata(
                    OffsetDateTime.parse(timestamp).toInstant(),
                    version,
                    Math.toIntExact(fields.count("database_count", passed.databases())),
                    Math.toIntExact(fields.count("set_count", passed.sets())),
                    fields.count("entry_count", passed.entries()));
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw new CorruptBackupException("metadata: " + e.getMessage(), e);
        }
    }

    private static void refuseNewer(String version) throws CorruptBackupException {
        String major = version.split("\\.", -1)[0];
        if (major.matches("[0-9]{1,9}") && Integer.parseInt(major) > 1) {
            throw new CorruptBackupException("the archive has version " + version
                    + ", which is newer than this library reads (1.x); update the library");
        }
    }

    static ObjectNode indexes(Map<String, IndexBackup> indexes) {
        ObjectNode all = NODES.objectNode();
        indexes.forEach((name, index) -> {
            ObjectNode node = all.putObject(name)
                    .put("name", index.name())
                    .put("set_name", index.setName())
                    .put("field", index.field())
                    .put("type", index.type());
            if (!index.sortFields().isEmpty()) {
                ArrayNode fields = node.putArray("sort_fields");
                index.sortFields().forEach(fields::add);
            }
        });
        return all;
    }

    static Map<String, IndexBackup> indexes(JsonNode node) throws CorruptBackupException {
        Map<String, IndexBackup> indexes = new LinkedHashMap<>();
        if (node.isNull()) {
            return indexes;
        }
        for (Map.Entry<String, JsonNode> entry : new HeaderFields("indexes", node).all()) {
            String name = entry.getKey();
            HeaderFields index = new HeaderFields("index '" + name + "'", entry.getValue());
            requireSameName("index", name, index.optional("name").orElse(null));
            indexes.put(
                    name,
                    new IndexBackup(
                            name,
                            index.text("set_name"),
                            index.text("field"),
                            index.integer("type"),
                            index.texts("sort_fields")));
        }
        return indexes;
    }

    static void requireSameName(String what, String outer, @Nullable JsonNode inner) throws CorruptBackupException {
        if (inner != null && !inner.isNull() && !outer.equals(inner.textValue())) {
            throw new CorruptBackupException(what + " '" + outer + "' calls itself " + inner);
        }
    }

    static ObjectNode auth(AuthBackup auth) {
        return NODES.objectNode()
                .put("Username", auth.username())
                .put("Password", auth.password())
                .put("Enabled", auth.enabled());
    }

    static @Nullable AuthBackup auth(JsonNode node) throws CorruptBackupException {
        if (node.isNull()) {
            return null;
        }
        ObjectNode lower = NODES.objectNode();
        for (Map.Entry<String, JsonNode> entry : new HeaderFields("auth", node).all()) {
            lower.set(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue());
        }
        HeaderFields fields = new HeaderFields("auth", lower);
        return new AuthBackup(fields.text("username"), fields.text("password"), fields.flag("enabled"));
    }

    static ObjectNode encoding(SetBackup set) {
        return NODES.objectNode()
                .put("keys", set.keys().name())
                .put("values", set.values().name());
    }

    /** @param encoding as found; if there is none, keys are text and values JSON */
    static SetBackup set(String name, Optional<JsonNode> encoding) throws CorruptBackupException {
        if (encoding.isEmpty() || encoding.get().isNull()) {
            return new SetBackup(name, Encoding.TEXT, Encoding.JSON);
        }
        HeaderFields fields = new HeaderFields("encoding of set '" + name + "'", encoding.get());
        try {
            return new SetBackup(name, Encoding.valueOf(fields.text("keys")), Encoding.valueOf(fields.text("values")));
        } catch (IllegalArgumentException e) {
            throw new CorruptBackupException(
                    "set '" + name + "' has encoding " + encoding.get()
                            + "; this library knows TEXT, BINARY and, for values, JSON",
                    e);
        }
    }
}
