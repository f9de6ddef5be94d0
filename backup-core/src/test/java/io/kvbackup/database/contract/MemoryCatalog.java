package io.kvbackup.database.contract;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A catalog for tests: any name is a database that may come into being. */
public final class MemoryCatalog implements DatabaseCatalog {
    private final Map<String, MemoryDatabase> databases = new ConcurrentHashMap<>();

    @Override
    public Set<String> databaseNames() {
        return databases.values().stream()
                .filter(MemoryDatabase::exists)
                .map(Database::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public MemoryDatabase database(String name) {
        return databases.computeIfAbsent(name, MemoryDatabase::new);
    }

    @Override
    public void dropDatabase(String name) {
        database(name).drop();
    }
}
