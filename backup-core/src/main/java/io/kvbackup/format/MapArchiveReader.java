package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.IndexBackup;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what JSON and CBOR archives have in common: maps of maps, fields in any order, unknown ones passed over. */
final class MapArchiveReader {
    private final ArchiveTokens in;
    private final CheckedArchiveVisitor to;
    private final Root root = new Root();

    MapArchiveReader(ArchiveTokens in, CheckedArchiveVisitor to) {
        this.in = in;
        this.to = to;
    }

    ArchiveShape read() throws IOException {
        in.map(root::field);
        in.end();
        return root.end();
    }

    /** Either all databases or, in the same place, the fields of one. */
    private final class Root {
        private @Nullable ArchiveShape shape;
        private @Nullable JsonNode metadata;
        private boolean databasesSeen;
        private final Database bare = new Database(null);

        void field(String name) throws IOException {
            switch (name) {
                case "databases" -> {
                    is(ArchiveShape.FULL, name);
                    if (databasesSeen) {
                        throw in.damaged("databases are listed twice");
                    }
                    databasesSeen = true;
                    if (!in.takeNull()) {
                        in.map(this::database);
                    }
                }
                case "metadata" -> {
                    is(ArchiveShape.FULL, name);
                    metadata = in.tree();
                }
                case "name", "sets", "indexes", "auth" -> {
                    is(ArchiveShape.DATABASE, name);
                    bare.field(name);
                }
                default -> in.skip();
            }
        }

        private void database(String name) throws IOException {
            Database database = new Database(name);
            in.map(database::field);
            database.end();
        }

        private void is(ArchiveShape found, String field) throws IOException {
            if (shape != null && shape != found) {
                throw in.damaged("field '" + field + "' belongs to another shape of archive than those before it");
            }
            shape = found;
        }

        ArchiveShape end() throws IOException {
            if (shape == null) {
                throw in.damaged("neither a database nor databases are in it");
            } else if (shape == ArchiveShape.DATABASE) {
                bare.end();
            } else if (metadata != null && !metadata.isNull()) {
                to.metadata(HeaderTree.metadata(metadata, to.tally()));
            }
            return shape;
        }
    }

    private final class Database {
        private @Nullable String name;
        private boolean begun;
        private boolean setsSeen;
        private Map<String, IndexBackup> indexes = Map.of();
        private @Nullable AuthBackup auth;

        Database(@Nullable String mapKey) {
            this.name = mapKey;
        }

        void field(String field) throws IOException {
            switch (field) {
                case "name" -> name();
                case "sets" -> {
                    if (setsSeen) {
                        throw in.damaged("sets are listed twice");
                    }
                    setsSeen = true;
                    begin();
                    if (!in.takeNull()) {
                        in.map(this::set);
                    }
                }
                case "indexes" -> indexes = HeaderTree.indexes(in.tree());
                case "auth" -> auth = HeaderTree.auth(in.tree());
                default -> in.skip();
            }
        }

        private void name() throws IOException {
            if (in.takeNull()) {
                return;
            }
            String found = in.text();
            if (name != null && !name.equals(found)) {
                throw in.damaged("database '" + name + "' calls itself '" + found + "'");
            }
            name = found;
        }

        private void begin() throws IOException {
            begun = true;
            to.beginDatabase(name == null ? "" : name);
        }

        private void set(String key) throws IOException {
            SetReader set = new SetReader(key);
            in.map(set::field);
            set.end();
        }

        void end() throws IOException {
            if (name == null) {
                throw in.damaged("the database has no name");
            }
            if (!begun) {
                begin();
            }
            to.endDatabase(name, indexes, auth);
        }
    }

    private final class SetReader {
        private final String key;
        private Optional<JsonNode> encoding = Optional.empty();
        private boolean begun;

        SetReader(String key) {
            this.key = key;
        }

        void field(String field) throws IOException {
            switch (field) {
                case "name" -> HeaderTree.requireSameName("set", key, in.tree());
                case "encoding" -> encoding();
                case "data" -> data();
                default -> in.skip();
            }
        }

        private void encoding() throws IOException {
            if (begun) {
                throw in.damaged("set '" + key + "' tells its encoding after its data; it must stand before");
            }
            encoding = Optional.of(in.tree());
        }

        private void data() throws IOException {
            if (begun) {
                throw in.damaged("set '" + key + "' has data twice");
            }
            begun = true;
            var header = HeaderTree.set(key, encoding);
            var entries = to.beginSet(header);
            if (!in.takeNull()) {
                in.entries(header, entries);
            }
            to.endSet();
        }

        void end() throws IOException {
            if (!begun) {
                to.beginSet(HeaderTree.set(key, encoding));
                to.endSet();
            }
        }
    }
}
