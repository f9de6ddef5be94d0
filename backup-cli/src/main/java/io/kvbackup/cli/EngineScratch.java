package io.kvbackup.cli;

import io.kvbackup.database.Database;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.DatabaseBackup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Databases of an engine in temporary files, for drills. */
final class EngineScratch implements ScratchFactory {
    private final Engine engine;
    private final Map<Database, Closeable> open = new ConcurrentHashMap<>();

    EngineScratch(Engine engine) {
        if (engine == Engine.JSONL) {
            throw new IllegalArgumentException("a drill reads back what it has restored, and JSON lines are only"
                    + " written; use --scratch rocksdb, mvstore or sqlite");
        }
        this.engine = engine;
    }

    @Override
    public Database create(DatabaseBackup header) throws IOException {
        Path folder = Files.createTempDirectory("kvbackup-drill-");
        try {
            Engine.Open made = engine.open(header, folder.resolve("scratch"));
            open.put(made.database(), () -> {
                try (made) {
                    // closed before its files go
                } finally {
                    NewDatabase.removeTree(folder);
                }
            });
            return made.database();
        } catch (IOException | RuntimeException e) {
            NewDatabase.removeTree(folder);
            throw e;
        }
    }

    @Override
    public void discard(Database scratch) throws IOException {
        Closeable made = open.remove(scratch);
        if (made != null) {
            made.close();
        }
    }
}
