package io.kvbackup.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.format.tree.Digest;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Place;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import java.util.Base64;

/** The JSON form of the reference to a root. */
final class RefJson {
    private RefJson() {}

    static void put(ObjectNode json, Ref root) {
        Place place = root.place();
        json.put("digest", root.digest().toString())
                .put("level", root.level())
                .put("entries", root.entries())
                .put("bytes", root.bytes())
                .put("lastKey", Base64.getEncoder().encodeToString(root.lastKey()))
                .put("pack", place.pack().toString())
                .put("frame", place.frameOffset())
                .put("frameLength", place.frameLength())
                .put("offset", place.offset())
                .put("length", place.length());
    }

    static Ref read(JsonFields json) throws CorruptBackupException {
        return new Ref(
                json.integer("level"),
                Base64.getDecoder().decode(json.text("lastKey")),
                Digest.parse(json.text("digest")),
                json.number("entries"),
                json.number("bytes"),
                Place.of(
                        PackId.parse(json.text("pack")),
                        json.number("frame"),
                        json.integer("frameLength"),
                        json.integer("offset"),
                        json.integer("length")));
    }
}
