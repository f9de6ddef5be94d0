package io.kvbackup.cli;

import io.kvbackup.database.Database;
import io.kvbackup.model.DatabaseBackup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** What makes databases that a restore can fill. */
enum Engine {
    ROCKSDB,
    MVSTORE,
    SQLITE,
    JSONL;

    /**
     * A database that is open.
     *
     * @param database takes the sets of the header
     * @param engine closed after it was used
     */
    record Open(Database database, Closeable engine) implements Closeable {
        @Override
        public void close() throws IOException {
            engine.close();
        }
    }

    /** Makes an empty database for what a header describes. */
    Open open(DatabaseBackup header, Path path) throws IOException {
        return switch (this) {
            case ROCKSDB -> RocksDbEngine.open(header, path);
            case MVSTORE -> MvStoreEngine.open(header, path);
            case SQLITE -> SqliteEngine.open(header, path);
            case JSONL -> JsonLinesEngine.open(header, path);
        };
    }

    /** As the command line writes it before a path. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
