package io.kvbackup.examples.kvserver;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * The databases of the server. One lock guards them all: requests that change something hold its write lock, and a
 * backup holds its read lock while it notes the entries, so that a backup of all databases shows them at one moment.
 */
final class JsonDatabases implements DatabaseCatalog {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<String, Content> contents = new TreeMap<>();

    /** Nobody writes to any database while it is held. */
    Lock barrier() {
        return lock.readLock();
    }

    /** Looks at all databases. */
    <T> T read(Function<Map<String, Content>, T> look) {
        return holding(lock.readLock(), look);
    }

    /** Changes databases. */
    <T> T write(Function<Map<String, Content>, T> change) {
        return holding(lock.writeLock(), change);
    }

    private <T> T holding(Lock held, Function<Map<String, Content>, T> work) {
        held.lock();
        try {
            return work.apply(contents);
        } finally {
            held.unlock();
        }
    }

    Optional<Content> find(String name) {
        return Optional.ofNullable(contents.get(name));
    }

    @Override
    public Set<String> databaseNames() {
        return read(all -> Set.copyOf(all.keySet()));
    }

    @Override
    public Database database(String name) {
        return new JsonDatabase(this, name);
    }

    @Override
    public void dropDatabase(String name) {
        write(all -> Optional.ofNullable(all.remove(name)));
    }
}
