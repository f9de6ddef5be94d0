package io.kvbackup.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The JSON form of a {@link TimelineRecord}. */
public final class TimelineJson {
    private static final int FORMAT_VERSION = 1;

    private TimelineJson() {}

    public static byte[] encode(TimelineRecord timeline) {
        ObjectNode json = ManifestJson.newObject();
        json.put("formatVersion", FORMAT_VERSION);
        json.put("database", timeline.database());
        json.put("history", timeline.history());
        json.put("timeline", timeline.id().toString());
        json.put("token", timeline.id().token());
        json.put("position", ManifestFields.hex(timeline.position()));
        json.put("startedAt", timeline.startedAt().toString());
        put(json, "parent", timeline.parent());
        if (timeline.before() != null) {
            put(json, "before", timeline.before());
        }
        if (timeline.key() != null) {
            SealedManifestJson.putKey(json.putObject("key"), timeline.key());
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void put(ObjectNode json, String field, TimelineRecord.@Nullable Parent parent) {
        if (parent == null) {
            json.putNull(field);
        } else {
            json.putObject(field)
                    .put("timeline", parent.timeline().toString())
                    .put("position", ManifestFields.hex(parent.position()))
                    .put("syncedThrough", parent.syncedThrough());
        }
    }

    /**
     * @param source what to call the record in messages
     * @throws CorruptBackupException if the bytes are not a record of a known version
     */
    public static TimelineRecord decode(byte[] bytes, String source) throws IOException {
        return Documents.read(source, () -> record(new JsonFields(Documents.strict(bytes, source), source), source));
    }

    private static TimelineRecord record(JsonFields json, String source) throws CorruptBackupException {
        int version = json.integer("formatVersion");
        if (version != FORMAT_VERSION) {
            throw new CorruptBackupException(source + " has format version " + version + ", this release reads "
                    + FORMAT_VERSION + "; use a newer release");
        }
        TimelineId id = id(json, "timeline", source);
        if (id.token() != json.number("token")) {
            throw new CorruptBackupException(source + ": timeline " + id + " with the token " + json.number("token"));
        }
        JsonFields key = json.optionalObject("key").orElse(null);
        return new TimelineRecord(
                json.text("database"),
                json.text("history"),
                id,
                json.position("position"),
                json.instant("startedAt"),
                parent(json, "parent", source),
                parent(json, "before", source),
                key == null ? null : SealedManifestJson.key(key, source));
    }

    private static TimelineRecord.@Nullable Parent parent(JsonFields json, String field, String source)
            throws CorruptBackupException {
        JsonFields parent = json.optionalObject(field).orElse(null);
        return parent == null
                ? null
                : new TimelineRecord.Parent(
                        id(parent, "timeline", source), parent.position("position"), parent.number("syncedThrough"));
    }

    private static TimelineId id(JsonFields json, String field, String source) throws CorruptBackupException {
        String text = json.text(field);
        return TimelineId.parse(text)
                .orElseThrow(() -> new CorruptBackupException(source + ": '" + text + "' names no timeline"));
    }
}
