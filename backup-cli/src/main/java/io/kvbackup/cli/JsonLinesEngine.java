package io.kvbackup.cli;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** A file with a JSON object for each entry. It can be filled once, and not be backed up. */
final class JsonLinesEngine implements Database {
    private final String name;
    private final Path file;

    private JsonLinesEngine(String name, Path file) {
        this.name = name;
        this.file = file;
    }

    static Engine.Open open(DatabaseBackup header, Path path) {
        return new Engine.Open(new JsonLinesEngine(header.name(), path), () -> {});
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        throw new IOException("JSON lines are written and not read: " + file + " cannot be backed up");
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return new Lines(header, KeyRange.all());
    }

    @Override
    public Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return Optional.of(new Lines(header, keys));
    }

    private final class Lines implements DatabaseRestore {
        private final DatabaseBackup header;
        private final KeyRange keys;
        private final OutputStream out;
        private final EntryFormat.Writer writer;

        Lines(DatabaseBackup header, KeyRange keys) throws IOException {
            this.header = header;
            this.keys = keys;
            out = new BufferedOutputStream(Files.newOutputStream(file));
            writer = EntryFormat.JSONL.on(out);
        }

        @Override
        public EntryVisitor set(String set) {
            SetBackup description = Objects.requireNonNull(header.sets().get(set), set);
            return (key, value) -> {
                if (keys.contains(key)) {
                    writer.write(name, description, key, value);
                }
            };
        }

        @Override
        public void commit() throws IOException {
            writer.close();
            out.close();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
