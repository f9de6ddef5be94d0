package io.kvbackup.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fields of manifests, those that everybody may read and those that tell of the content. */
final class ManifestFields {
    private ManifestFields() {}

    /** @param archiveVersion of the format, if neither a tree nor a place in a change log is described */
    static void putOpen(ObjectNode json, int archiveVersion, Manifest manifest) {
        boolean tree = manifest.kind() == BackupKind.INCREMENTAL;
        json.put("formatVersion", tree || manifest.log() != null ? ManifestDocument.TREE_VERSION : archiveVersion);
        json.put("kind", manifest.kind().name());
        json.put("objectName", manifest.objectName());
        json.put("format", manifest.format());
        ArrayNode transforms = json.putArray("transforms");
        manifest.transforms().forEach(transforms::add);
        if (tree) {
            ArrayNode packs = json.putArray("packs");
            manifest.packs().forEach(pack -> put(packs.addObject(), pack));
        }
    }

    private static void put(ObjectNode json, PackRecord pack) {
        json.put("name", pack.name());
        putDigest(json, pack.stored());
        json.put("live", pack.live());
        if (pack.key() != null) {
            json.put("key", pack.key());
        }
    }

    /** @param kind of the backup: only trees have packs */
    static List<PackRecord> packs(JsonFields json, BackupKind kind) throws CorruptBackupException {
        return kind != BackupKind.INCREMENTAL
                ? List.of()
                : json.objects(
                        "packs",
                        pack -> new PackRecord(
                                pack.text("name"), digest(pack), pack.number("live"), pack.optionalText("key")));
    }

    static void putDigest(ObjectNode json, StreamDigest digest) {
        json.put("bytes", digest.bytes()).put("sha256", digest.sha256());
    }

    static StreamDigest digest(JsonFields json) throws CorruptBackupException {
        return new StreamDigest(json.number("bytes"), json.text("sha256"));
    }

    static void putSummary(ObjectNode json, Manifest manifest) {
        json.put("shape", manifest.shape().name());
        BackupMetadata metadata = manifest.metadata();
        json.putObject("metadata")
                .put("timestamp", metadata.timestamp().toString())
                .put("version", metadata.version())
                .put("databaseCount", metadata.databaseCount())
                .put("setCount", metadata.setCount())
                .put("entryCount", metadata.entryCount());
        if (manifest.changedEntries() != null) {
            json.put("changedEntries", manifest.changedEntries());
        }
        manifest.writer().ifPresent(writer -> {
            ObjectNode who = json.putObject("writer").put("instance", writer.instance());
            who.put("version", writer.version());
            writer.store().ifPresent(id -> who.put("store", id));
        });
        ManifestLog log = manifest.log();
        if (log != null) {
            json.putObject("log")
                    .put("history", log.history())
                    .put("timeline", log.timeline())
                    .put("position", hex(log.position()))
                    .put("consistentAt", hex(log.consistentAt()));
        }
    }

    /** Came later than manifests. */
    static Optional<BackupContents.Writer> writer(JsonFields json) throws CorruptBackupException {
        Optional<JsonFields> who = json.optionalObject("writer");
        return who.isEmpty()
                ? Optional.empty()
                : Optional.of(new BackupContents.Writer(
                        who.get().text("instance"),
                        who.get().text("version"),
                        Optional.ofNullable(who.get().optionalText("store"))));
    }

    /** A position, which uses all 64 bits: 16 digits of lower-case hex. */
    static String hex(long position) {
        return HexFormat.of().toHexDigits(position);
    }

    /**
     * What was put there; {@code null} if there is none.
     *
     * @throws CorruptBackupException if the manifest's version and kind tell otherwise
     */
    static @Nullable ManifestLog log(JsonFields json, int version, BackupKind kind, String source)
            throws CorruptBackupException {
        JsonFields log = json.optionalObject("log").orElse(null);
        boolean newest = version == ManifestDocument.TREE_VERSION;
        if (newest != (kind == BackupKind.INCREMENTAL || log != null)) {
            throw new CorruptBackupException(
                    source + " has format version " + version + " and tells of a backup of kind " + kind
                            + (log == null ? " without" : " with") + " a place in a change log");
        }
        return log == null
                ? null
                : new ManifestLog(
                        log.text("history"),
                        log.text("timeline"),
                        log.position("position"),
                        log.position("consistentAt"));
    }

    static @Nullable Long changedEntries(JsonFields json) throws CorruptBackupException {
        return json.has("changedEntries") ? json.number("changedEntries") : null;
    }

    static ArchiveShape shape(JsonFields json) throws CorruptBackupException {
        return json.constant("shape", ArchiveShape.class);
    }

    static BackupMetadata metadata(JsonFields json) throws CorruptBackupException {
        JsonFields metadata = json.object("metadata");
        return new BackupMetadata(
                metadata.instant("timestamp"),
                metadata.text("version"),
                metadata.integer("databaseCount"),
                metadata.integer("setCount"),
                metadata.number("entryCount"));
    }

    static void putPlainAndDatabases(ObjectNode json, Manifest manifest) {
        putDigest(json.putObject("plain"), manifest.plain());
        ArrayNode databases = json.putArray("databases");
        manifest.databases().forEach(contents -> databases.add(HeaderJson.encode(contents)));
    }

    static StreamDigest plain(JsonFields json) throws CorruptBackupException {
        return digest(json.object("plain"));
    }

    static List<DatabaseContents> databases(JsonFields json) throws CorruptBackupException {
        return json.objects("databases", HeaderJson::decode);
    }
}
