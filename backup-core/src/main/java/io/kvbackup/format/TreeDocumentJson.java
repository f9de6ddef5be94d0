package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.DataKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The JSON form of a {@link TreeDocument}: as that of an archive, with roots in place of entries. */
public final class TreeDocumentJson {
    private static final int VERSION = 1;

    private TreeDocumentJson() {}

    /**
     * Encodes.
     *
     * @param objectName for messages
     * @throws IOException if it would be longer than any that is read
     */
    public static byte[] encode(TreeDocument document, String objectName) throws IOException {
        ObjectNode json = ManifestJson.newObject();
        ObjectNode tree = json.putObject("tree").put("version", VERSION).put("chunk", document.chunkSize());
        document.scanned().ifPresent(scanned -> tree.put("scanned", scanned.toString()));
        if (!document.packKeys().isEmpty()) {
            putKeys(tree, document.packKeys());
        }
        Optional<BackupMetadata> metadata = document.metadata();
        if (metadata.isPresent()) {
            ObjectNode databases = json.putObject("databases");
            document.databases()
                    .forEach(each -> put(databases.putObject(each.header().name()), each));
            json.set("metadata", HeaderTree.metadata(metadata.get()));
        } else {
            put(json, document.databases().get(0));
        }
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Limits.TREE_BYTES) {
            throw new IOException("the tree document of " + objectName + " would have " + bytes.length
                    + " bytes, at most " + Limits.TREE_BYTES + " can be read again: it describes every set; use fewer"
                    + " sets, or kind FULL");
        }
        return bytes;
    }

    private static void putKeys(ObjectNode tree, Map<String, DataKey> keys) {
        var array = tree.putArray("packKeys");
        keys.forEach((id, key) -> {
            byte[] secret = key.copy();
            array.addObject().put("id", id).put("key", Base64.getEncoder().encodeToString(secret));
            Arrays.fill(secret, (byte) 0);
        });
    }

    private static void put(ObjectNode json, TreeDocument.Tree tree) {
        DatabaseBackup header = tree.header();
        json.put("name", header.name());
        ObjectNode sets = json.putObject("sets");
        for (SetBackup set : header.sets().values()) {
            ObjectNode node = sets.putObject(set.name()).put("name", set.name());
            node.set("encoding", HeaderTree.encoding(set));
            tree.root(set.name()).ifPresent(root -> RefJson.put(node.putObject("root"), root));
            Ref runs = tree.runs().get(set.name());
            if (runs != null) {
                RefJson.put(node.putObject("runs"), runs);
            }
        }
        json.set("indexes", HeaderTree.indexes(header.indexes()));
        AuthBackup auth = header.auth();
        if (auth != null) {
            json.set("auth", HeaderTree.auth(auth));
        }
    }

    /**
     * Decodes.
     *
     * @param source what to call the document in messages
     * @throws CorruptBackupException if it is none of a known version, or contradicts itself
     * @throws TooLargeException if this JVM cannot hold it
     */
    public static TreeDocument decode(byte[] bytes, String source) throws IOException {
        try {
            return Documents.read(source, () -> document(Documents.strict(bytes, source), source));
        } catch (CorruptBackupException e) {
            // What archives have too is read by the same code, which does not know what it reads.
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(source) ? e : new CorruptBackupException(source + ": " + message, e);
        }
    }

    private static TreeDocument document(JsonNode node, String source) throws CorruptBackupException {
        JsonFields json = new JsonFields(node, source);
        JsonFields tree = json.object("tree");
        int version = tree.integer("version");
        if (version != VERSION) {
            throw new CorruptBackupException(source + " has version " + version + ", the newest known here is "
                    + VERSION + "; read it with a newer version of this library");
        }
        Optional<BackupMetadata> metadata = Optional.empty();
        List<TreeDocument.Tree> databases = new ArrayList<>();
        if (node.has("databases")) {
            for (Map.Entry<String, JsonNode> each : node.path("databases").properties()) {
                databases.add(database(each.getValue(), source));
                HeaderTree.requireSameName(
                        "database", each.getKey(), each.getValue().get("name"));
            }
            metadata = Optional.of(HeaderTree.metadata(node.path("metadata"), new ArchiveTally()));
        } else {
            databases.add(database(node, source));
        }
        Optional<Instant> scanned = tree.has("scanned") ? Optional.of(tree.instant("scanned")) : Optional.empty();
        return new TreeDocument(tree.integer("chunk"), keys(tree), databases, metadata, scanned);
    }

    private static Map<String, DataKey> keys(JsonFields tree) throws CorruptBackupException {
        Map<String, DataKey> keys = new LinkedHashMap<>();
        if (tree.has("packKeys")) {
            tree.objects("packKeys", key -> keys.put(key.text("id"), key(key)));
        }
        return keys;
    }

    private static DataKey key(JsonFields json) throws CorruptBackupException {
        byte[] secret = Base64.getDecoder().decode(json.text("key"));
        try {
            return DataKey.of(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static TreeDocument.Tree database(JsonNode node, String source) throws CorruptBackupException {
        JsonFields json = new JsonFields(node, source);
        List<SetBackup> sets = new ArrayList<>();
        Map<String, Ref> roots = new LinkedHashMap<>();
        Map<String, Ref> runs = new LinkedHashMap<>();
        json.object("sets");
        for (Map.Entry<String, JsonNode> each : node.path("sets").properties()) {
            String name = each.getKey();
            JsonFields set = new JsonFields(each.getValue(), source + ", set '" + name + "'");
            HeaderTree.requireSameName("set", name, each.getValue().get("name"));
            set.object("encoding");
            sets.add(HeaderTree.set(name, Optional.of(each.getValue().path("encoding"))));
            Optional<JsonFields> root = set.optionalObject("root");
            if (root.isPresent()) {
                roots.put(name, RefJson.read(root.get()));
            }
            Optional<JsonFields> stamps = set.optionalObject("runs");
            if (stamps.isPresent()) {
                runs.put(name, RefJson.read(stamps.get()));
            }
        }
        json.object("indexes");
        JsonNode auth = node.get("auth");
        return new TreeDocument.Tree(
                DatabaseBackup.of(
                        json.text("name"),
                        sets,
                        HeaderTree.indexes(node.path("indexes")).values(),
                        auth == null ? null : HeaderTree.auth(auth)),
                roots,
                runs);
    }
}
