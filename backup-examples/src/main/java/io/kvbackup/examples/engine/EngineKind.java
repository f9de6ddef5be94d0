package io.kvbackup.examples.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/** The ways in which a host's data can be backed up. */
public enum EngineKind {
    ROCKSDB,
    ROCKSDB_CHECKPOINT,
    MVSTORE,
    SQLITE,
    SQLITE_FILE,
    MAP,
    MAP_WITH_LOCK,
    FOLDER_WITH_LOCK;

    /** Those whose entries go into one another; the rest are backed up as files. */
    public static Set<EngineKind> logical() {
        return EnumSet.of(ROCKSDB, MVSTORE, SQLITE, MAP);
    }

    /** Opens a database, new if there is none. */
    public HostEngine open(Path folder, String name) throws IOException {
        Path own = Files.createDirectories(folder.resolve(name));
        return switch (this) {
            case ROCKSDB -> RocksDbEngine.logical(own, name);
            case ROCKSDB_CHECKPOINT -> RocksDbEngine.physical(own, name);
            case MVSTORE -> new MvStoreEngine(own, name);
            case SQLITE -> SqliteEngine.logical(own, name);
            case SQLITE_FILE -> SqliteEngine.physical(own, name);
            case MAP -> new MapEngine(name, false);
            case MAP_WITH_LOCK -> new MapEngine(name, true);
            case FOLDER_WITH_LOCK -> new FolderEngine(own, name);
        };
    }
}
