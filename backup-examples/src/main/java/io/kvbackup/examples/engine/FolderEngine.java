package io.kvbackup.examples.engine;

import io.kvbackup.database.Database;
import io.kvbackup.database.directory.DirectoryDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** A file for each key. */
final class FolderEngine implements HostEngine {
    private final Path files;
    private final Lock lock = new ReentrantLock(true);
    private final Database database;

    FolderEngine(Path folder, String name) throws IOException {
        files = Files.createDirectories(folder.resolve("files"));
        database = DirectoryDatabase.builder(name, files).lock(lock).build();
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void put(byte[] key, byte[] value) throws IOException {
        lock.lock();
        try {
            Files.write(files.resolve(new String(key, StandardCharsets.UTF_8)), value);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {}
}
