package io.kvbackup.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The JSON form of a {@link StoreRecord}. */
public final class StoreJson {
    private static final int FORMAT_VERSION = 1;

    private StoreJson() {}

    public static byte[] encode(StoreRecord store) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("formatVersion", FORMAT_VERSION);
        json.put("id", store.id());
        json.put("created", store.created().toString());
        ArrayNode features = json.putArray("requiredFeatures");
        store.requiredFeatures().forEach(features::add);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Refuses a store that only a newer version of this library understands.
     *
     * @param source what to call the document in messages
     * @throws CorruptBackupException if the bytes are not a document of a known version
     */
    public static StoreRecord decode(byte[] bytes, String source) throws IOException {
        return Documents.read(source, () -> {
            JsonFields json = new JsonFields(Documents.strict(bytes, source), source);
            int version = json.integer("formatVersion");
            if (version > FORMAT_VERSION) {
                throw new CorruptBackupException(source + " has format version " + version
                        + ", the newest known here is " + FORMAT_VERSION
                        + "; use the store with a newer version of this library");
            }
            List<String> features = json.texts("requiredFeatures");
            if (!features.isEmpty()) {
                throw new CorruptBackupException(source + " says that its store needs " + features
                        + ", which is unknown here; use it with a newer version of this library");
            }
            return new StoreRecord(json.text("id"), json.instant("created"), features);
        });
    }
}
