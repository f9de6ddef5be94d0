package io.kvbackup.examples;

import io.kvbackup.database.Database;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

// region scratch
/** Drills in the engine of the live database, in a folder that is gone afterwards. */
final class PackageScratch implements ScratchFactory {
    private record Open(Path folder, PackageStore store) {}

    private final Path parent;
    private final Map<Database, Open> open = new ConcurrentHashMap<>();

    PackageScratch(Path parent) {
        this.parent = parent;
    }

    @Override
    public Database create(DatabaseBackup header) throws IOException {
        Path folder = Files.createTempDirectory(parent, "drill-");
        PackageStore store = PackageStore.open(folder); // empty, with the column families of the live one
        open.put(store.database(), new Open(folder, store));
        return store.database();
    }

    @Override
    public void discard(Database scratch) throws IOException {
        Open done = Objects.requireNonNull(open.remove(scratch), "not made here");
        done.store().close();
        Folders.delete(done.folder());
    }
}
// endregion
