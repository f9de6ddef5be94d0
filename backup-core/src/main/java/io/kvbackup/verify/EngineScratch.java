package io.kvbackup.verify;

import io.kvbackup.database.Database;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.host.DatabaseRegistry;
import io.kvbackup.model.DatabaseBackup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes scratch databases of the same kind as the live database of that name; in memory if there is no live one or its
 * kind makes none. For one drill, on one thread; closing removes what it left on disk.
 */
final class EngineScratch implements ScratchFactory, Closeable {
    private final DatabaseRegistry live;
    private final Path temporaryDirectory;
    private final IdentityHashMap<Database, ScratchFactory> makers = new IdentityHashMap<>();
    private @Nullable TemporaryFolder folder;

    EngineScratch(DatabaseRegistry live, Path temporaryDirectory) {
        this.live = live;
        this.temporaryDirectory = temporaryDirectory;
    }

    @Override
    public Database create(DatabaseBackup header) throws IOException {
        ScratchFactory maker = maker(header.name());
        Database scratch = maker.create(header);
        makers.put(scratch, maker);
        return scratch;
    }

    private ScratchFactory maker(String name) throws IOException {
        Optional<Database> known = live.find(name);
        if (known.isEmpty()) {
            return ScratchFactory.inMemory();
        }
        if (folder == null) {
            Files.createDirectories(temporaryDirectory);
            folder = TemporaryFolder.create(temporaryDirectory, "drill");
        }
        Path own = Files.createDirectory(folder.resolve(Integer.toString(makers.size())));
        return known.get().scratch(own).orElseGet(ScratchFactory::inMemory);
    }

    @Override
    public void discard(Database scratch) throws IOException {
        ScratchFactory maker = makers.get(scratch);
        if (maker != null) {
            maker.discard(scratch);
        }
    }

    @Override
    public void close() throws IOException {
        if (folder != null) {
            folder.close();
        }
    }
}
