package io.kvbackup.database.directory;

import io.kvbackup.database.Database;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;

/** Makes folders beside another for drills. Used by one thread. */
final class DirectoryScratch implements ScratchFactory {
    private final Path beside;
    private final IdentityHashMap<Database, TemporaryFolder> folders = new IdentityHashMap<>();

    DirectoryScratch(Path beside) {
        this.beside = beside;
    }

    @Override
    public Database create(DatabaseBackup header) throws IOException {
        Path parent = beside.resolveSibling("");
        Files.createDirectories(parent);
        TemporaryFolder around = TemporaryFolder.create(parent, "drill");
        try {
            Database scratch = DirectoryDatabase.of(header.name(), around.resolve("files"));
            folders.put(scratch, around);
            return scratch;
        } catch (IOException | RuntimeException | Error e) {
            try (around) {
                throw e;
            }
        }
    }

    @Override
    public void discard(Database scratch) throws IOException {
        TemporaryFolder folder = folders.remove(scratch);
        if (folder != null) {
            folder.close();
        }
    }
}
