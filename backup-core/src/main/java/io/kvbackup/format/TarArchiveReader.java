package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads tar archives in the order in which they are written; any other order is damage. */
final class TarArchiveReader {
    private record OpenSet(SetBackup header, String path, EntryVisitor entries) {}

    private final TarEntries in;
    private final CheckedArchiveVisitor to;
    private final Map<String, Long> entryCounts = new LinkedHashMap<>();
    private @Nullable String database;
    private @Nullable OpenSet open;
    private boolean summed;

    TarArchiveReader(TarEntries in, CheckedArchiveVisitor to) {
        this.in = in;
        this.to = to;
    }

    ArchiveShape read() throws IOException {
        for (String[] path = in.next(); path != null; path = in.next()) {
            if (summed) {
                throw in.damaged("nothing may follow " + TarNames.METADATA);
            }
            switch (path.length) {
                case 1 -> metadata(path[0]);
                case 2 -> database(path[0], path[1]);
                case 3 -> set(path[0], path[1], path[2]);
                case 4 -> entry(path[0] + "/" + path[1] + "/" + path[2], path[3]);
                default -> throw in.damaged("no such file belongs here");
            }
        }
        if (database != null || (!summed && to.tally().databases() != 1)) {
            throw in.damaged("the archive ends before it is complete");
        }
        return summed ? ArchiveShape.FULL : ArchiveShape.DATABASE;
    }

    private void metadata(String file) throws IOException {
        require(file.equals(TarNames.METADATA) && database == null);
        to.metadata(HeaderTree.metadata(in.tree(), to.tally()));
        summed = true;
    }

    private void set(String databaseSegment, String setSegment, String file) throws IOException {
        require(file.equals(TarNames.SET));
        closeSet();
        begin(TarNames.unescapeText(databaseSegment));
        String name = TarNames.unescapeText(setSegment);
        SetBackup header = setHeader(name, in.tree());
        open = new OpenSet(header, databaseSegment + "/" + setSegment + "/" + TarNames.DATA, to.beginSet(header));
    }

    private void begin(String name) throws IOException {
        if (database == null) {
            database = name;
            entryCounts.clear();
            to.beginDatabase(name);
        }
        require(name.equals(database));
    }

    private static SetBackup setHeader(String name, JsonNode node) throws IOException {
        HeaderFields fields = new HeaderFields("set '" + name + "'", node);
        HeaderTree.requireSameName("set", name, fields.optional("name").orElse(null));
        return HeaderTree.set(name, fields.optional("encoding"));
    }

    private void entry(String directory, String keySegment) throws IOException {
        OpenSet set = open;
        if (set == null || !set.path.equals(directory)) {
            throw in.damaged("it does not belong to the set before it");
        }
        set.entries.visit(TarNames.unescape(keySegment), in.content());
    }

    private void closeSet() throws IOException {
        if (open != null) {
            entryCounts.put(open.header.name(), to.tally().entriesOfSet());
            open = null;
            to.endSet();
        }
    }

    private void database(String segment, String file) throws IOException {
        require(file.equals(TarNames.DATABASE));
        closeSet();
        String name = TarNames.unescapeText(segment);
        begin(name);
        HeaderFields fields = new HeaderFields("database '" + name + "'", in.tree());
        HeaderTree.requireSameName("database", name, fields.optional("name").orElse(null));
        requireSameSets(fields);
        JsonNode indexes = fields.optional("indexes").orElse(null);
        JsonNode auth = fields.optional("auth").orElse(null);
        Map<String, IndexBackup> indexMap = indexes == null ? Map.of() : HeaderTree.indexes(indexes);
        AuthBackup authBackup = auth == null ? null : HeaderTree.auth(auth);
        database = null;
        to.endDatabase(name, indexMap, authBackup);
    }

    private void requireSameSets(HeaderFields database) throws IOException {
        JsonNode sets = database.optional("sets").orElseThrow(() -> in.damaged("the sets are missing"));
        Map<String, Long> described = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> set : new HeaderFields("sets", sets).all()) {
            described.put(set.getKey(), new HeaderFields("set", set.getValue()).count("entry_count", -1));
        }
        if (!described.equals(entryCounts)) {
            throw in.damaged("sets and their entries should be " + described + ", but " + entryCounts + " are there");
        }
    }

    private void require(boolean inPlace) throws IOException {
        if (!inPlace) {
            throw in.damaged("it is out of place");
        }
    }
}
