package io.kvbackup.database.mvstore;

import io.kvbackup.database.Database;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Map;
import org.h2.mvstore.MVStore;

/** Makes stores with the maps of another for drills, in a folder. Used by one thread. */
final class MvStoreScratch implements ScratchFactory {
    private final Map<String, StoredMap<?, ?, ?>> sets;
    private final Path folder;
    private final IdentityHashMap<Database, MVStore> open = new IdentityHashMap<>();

    MvStoreScratch(Map<String, StoredMap<?, ?, ?>> sets, Path folder) {
        this.sets = sets;
        this.folder = folder;
    }

    @Override
    public Database create(DatabaseBackup header) throws IOException {
        Path file = folder.resolve("scratch-" + open.size() + ".mv");
        MVStore store = new MVStore.Builder().fileName(StoreAccess.nameOf(file)).open();
        try {
            Database scratch =
                    MvStoreDatabase.builder(header.name(), store).sets(sets).build();
            open.put(scratch, store);
            return scratch;
        } catch (IOException | RuntimeException | Error e) {
            store.closeImmediately();
            throw e;
        }
    }

    @Override
    public void discard(Database scratch) {
        MVStore store = open.remove(scratch);
        if (store != null) {
            store.closeImmediately();
        }
    }
}
