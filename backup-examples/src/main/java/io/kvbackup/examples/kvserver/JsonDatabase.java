package io.kvbackup.examples.kvserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.examples.http.Json;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** One of the databases, as its backups see it; it may not exist yet. */
final class JsonDatabase implements Database {
    private final JsonDatabases databases;
    private final String name;

    JsonDatabase(JsonDatabases databases, String name) {
        this.databases = databases;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    /** {@inheritDoc} Writers wait while the entries are noted by reference, and not while they are stored. */
    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        Optional<Snapshot> snapshot =
                databases.read(all -> Optional.ofNullable(all.get(name)).map(content -> {
                    Map<String, NavigableMap<byte[], JsonNode>> noted = new TreeMap<>();
                    content.sets().forEach((set, entries) -> noted.put(set, new TreeMap<>(entries)));
                    return new Snapshot(content.header(name), noted);
                }));
        return snapshot.orElseThrow(() -> new NoSuchFileException(name, null, "the server has no such database"));
    }

    private record Snapshot(DatabaseBackup header, Map<String, NavigableMap<byte[], JsonNode>> sets)
            implements DatabaseSnapshot {
        @Override
        public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
            for (Map.Entry<byte[], JsonNode> entry :
                    sets.getOrDefault(set, Content.noEntries()).entrySet()) {
                if (range.contains(entry.getKey())) {
                    to.visit(entry.getKey(), Json.write(entry.getValue()));
                }
            }
        }

        @Override
        public OptionalLong estimatedEntries() {
            return OptionalLong.of(sets.values().stream().mapToLong(Map::size).sum());
        }

        @Override
        public void close() {}
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) {
        return new Restore(header);
    }

    /** Builds the sets beside the live ones; requests see the old database until they see the new one. */
    private final class Restore extends StagedRestore {
        private final Map<String, NavigableMap<byte[], JsonNode>> staged = new TreeMap<>();
        private boolean dropOthers;

        private Restore(DatabaseBackup header) {
            super(header);
            header.sets().keySet().forEach(set -> staged.put(set, Content.noEntries()));
        }

        @Override
        public void dropOtherSets() {
            dropOthers = true;
        }

        @Override
        protected EntryVisitor stage(SetBackup set) {
            NavigableMap<byte[], JsonNode> entries = Content.noEntries();
            staged.put(set.name(), entries);
            return (key, value) -> {
                try {
                    entries.put(key, Json.read(value));
                } catch (IOException e) {
                    throw new IOException(
                            "database " + name + ", set " + set.name() + ", key "
                                    + new String(key, StandardCharsets.UTF_8)
                                    + ": the backup has a value that is not JSON: " + e.getMessage(),
                            e);
                }
            };
        }

        @Override
        protected void commitStaged() throws IOException {
            for (Map.Entry<String, NavigableMap<byte[], JsonNode>> set : staged.entrySet()) {
                requireAllStaged(set.getKey(), set.getValue().size());
            }
            databases.write(all -> {
                Content next = new Content(header().auth());
                Content old = all.get(name);
                if (old != null && !dropOthers) {
                    next.sets().putAll(old.sets());
                }
                next.sets().putAll(staged);
                if (old != null && !dropOthers) {
                    old.indexes().values().stream()
                            .filter(index ->
                                    !staged.containsKey(index.description().setName()))
                            .forEach(index -> next.addIndex(index.description()));
                }
                header().indexes().values().stream()
                        .filter(index -> staged.containsKey(index.setName()))
                        .forEach(next::addIndex);
                return Optional.ofNullable(all.put(name, next));
            });
        }

        @Override
        protected void discard() {
            staged.clear();
        }
    }
}
