package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes tar, the same bytes for the same content; relies on calls in the right order. */
final class TarArchiveWriter implements ArchiveWriter {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int FILE_MODE = 0100644;
    /** Longer paths get an extended header of our own: the library takes quadratic time to shorten them. */
    private static final int SHORT_PATH_CHARS = 99;

    private static final String PAX_HEADER_PATH = "PaxHeaders/path";

    private final OutputStream out;
    private final TarArchiveOutputStream tar;
    private final Map<String, Long> entryCounts = new HashMap<>();
    private String databasePath = "";
    private String set = "";
    private long entries;

    TarArchiveWriter(OutputStream target) {
        out = new BufferedOutputStream(target, BUFFER_BYTES);
        tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    @Override
    public void beginDatabase(String name) {
        databasePath = TarNames.escape(name) + "/";
        entryCounts.clear();
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) throws IOException {
        set = header.name();
        entries = 0;
        String path = databasePath + TarNames.escape(set) + "/";
        json(path + TarNames.SET, setHeader(header));
        String data = path + TarNames.DATA + "/";
        return (key, value) -> {
            file(data + TarNames.escape(key), value);
            entries++;
        };
    }

    private static ObjectNode setHeader(SetBackup header) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", header.name());
        node.set("encoding", HeaderTree.encoding(header));
        return node;
    }

    @Override
    public void endSet() {
        entryCounts.put(set, entries);
    }

    @Override
    public void endDatabase(DatabaseBackup header) throws IOException {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", header.name());
        ObjectNode sets = node.putObject("sets");
        header.sets()
                .forEach((name, described) ->
                        sets.set(name, setHeader(described).put("entry_count", entryCounts.get(name))));
        node.set("indexes", HeaderTree.indexes(header.indexes()));
        AuthBackup auth = header.auth();
        if (auth != null) {
            node.set("auth", HeaderTree.auth(auth));
        }
        json(databasePath + TarNames.DATABASE, node);
    }

    @Override
    public void metadata(BackupMetadata metadata) throws IOException {
        json(TarNames.METADATA, HeaderTree.metadata(metadata));
    }

    private void json(String path, JsonNode content) throws IOException {
        file(path, content.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void file(String path, byte[] content) throws IOException {
        String shortPath = path;
        if (path.length() > SHORT_PATH_CHARS) {
            // A slash at the end would make it a directory, which takes no content.
            int end = path.charAt(SHORT_PATH_CHARS - 1) == '/' ? SHORT_PATH_CHARS - 1 : SHORT_PATH_CHARS;
            shortPath = path.substring(0, end);
            put(PAX_HEADER_PATH, TarConstants.LF_PAX_EXTENDED_HEADER_LC, paxPath(path));
        }
        put(shortPath, TarConstants.LF_NORMAL, content);
    }

    /** What POSIX calls an extended header record; its length counts its own digits. */
    private static byte[] paxPath(String path) {
        String record = " path=" + path + "\n";
        int length = record.length();
        while (length != record.length() + String.valueOf(length).length()) {
            length = record.length() + String.valueOf(length).length();
        }
        return (length + record).getBytes(StandardCharsets.US_ASCII);
    }

    private void put(String path, byte type, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(path, type);
        entry.setSize(content.length);
        entry.setModTime(0);
        entry.setMode(FILE_MODE);
        entry.setIds(0, 0);
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    @Override
    public void finish() throws IOException {
        tar.finish();
        out.flush();
    }
}
