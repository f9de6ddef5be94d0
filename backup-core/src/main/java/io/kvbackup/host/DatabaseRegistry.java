package io.kvbackup.host;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupName;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The databases of the host: those it registered, and those that its catalog knows at the moment. */
public final class DatabaseRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseRegistry.class);
    private static final int SHOWN = 50;

    private final Map<String, Database> registered;
    private final Optional<DatabaseCatalog> catalog;
    private final StorageClient store;
    private final StorageClient backups;

    /**
     * @param store must not be in the way of any database; those of the catalog are looked at when they are asked for
     * @param backups the same store, to look for names in it
     */
    public DatabaseRegistry(
            Map<String, Database> registered,
            Optional<DatabaseCatalog> catalog,
            StorageClient store,
            StorageClient backups) {
        this.backups = backups;
        this.registered = new TreeMap<>(registered);
        this.catalog = catalog;
        this.store = store;
    }

    /** Names of all databases that exist now. */
    public Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>(registered.keySet());
        if (catalog.isPresent()) {
            names.addAll(catalog.get().databaseNames());
        }
        return names;
    }

    /** Names of those that were registered one by one. */
    public Set<String> registered() {
        return Collections.unmodifiableSet(registered.keySet());
    }

    /** Those of which the host has told the manager. */
    public Collection<Database> described() {
        return registered.values();
    }

    /** All that exist now, to look what has become of them; those of a catalog only if it can tell. */
    public Collection<Database> findable() {
        List<Database> all = new ArrayList<>(registered.values());
        if (catalog.isPresent()) {
            try {
                for (String name : catalog.get().databaseNames()) {
                    if (!registered.containsKey(name)) {
                        all.add(catalog.get().database(name));
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.info(
                        "The catalog cannot tell of its databases now, so restores of them that broke off are not "
                                + "seen: {}",
                        e.toString());
            }
        }
        return all;
    }

    /** The same for all processes in which the same databases are registered; those of the catalog come and go. */
    public String fingerprint() {
        byte[] names = String.join("/", registered.keySet()).getBytes(StandardCharsets.UTF_8);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(names), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** A database that exists. */
    public Database existing(String name) throws IOException {
        return find(name).orElseThrow(() -> unknown(name));
    }

    /**
     * Refuses a name that this manager can never know.
     *
     * @throws IllegalArgumentException if it is not registered and there is no catalog, whose databases come and go
     */
    public void requireKnowable(String name) {
        BackupName.requireDatabaseName(name);
        if (catalog.isEmpty() && !registered.containsKey(name)) {
            throw unknown(name);
        }
    }

    /** A database, if it exists. */
    public Optional<Database> find(String name) throws IOException {
        boolean exists = registered.containsKey(name)
                || (catalog.isPresent() && catalog.get().databaseNames().contains(name));
        return exists ? Optional.of(target(name)) : Optional.empty();
    }

    /**
     * A database to restore into; a catalog may not have it yet. The name may come out of an archive, so it is checked
     * before any catalog makes a folder of it.
     */
    public Database target(String name) throws IOException {
        BackupName.requireDatabaseName(name);
        Database database = registered.get(name);
        if (database == null) {
            database = catalog.orElseThrow(() -> unknown(name)).database(name);
            if (!database.name().equals(name)) {
                throw new IllegalStateException(
                        "the catalog was asked for database '" + name + "' and gave '" + database.name()
                                + "'; backups and restores would mix them up: let it give"
                                + " the one that it is asked for");
            }
            Overlaps.requireApart(store, database);
            Overlaps.requireApart(registered.values(), database);
        }
        return database;
    }

    /** The catalog's databases whose name is not among those to keep; registered ones always stay. */
    public Set<String> othersThan(Set<String> keep) throws IOException {
        Set<String> others = new TreeSet<>();
        if (catalog.isPresent()) {
            others.addAll(catalog.get().databaseNames());
            others.removeAll(keep);
            others.removeAll(registered.keySet());
        }
        return others;
    }

    public void drop(Set<String> names) throws IOException {
        for (String name : names) {
            catalog.orElseThrow().dropDatabase(name);
        }
    }

    /** Those that do not come and go. */
    List<Database> lasting() {
        return List.copyOf(registered.values());
    }

    /** Whether this very object is a database of the host. */
    public boolean isRegistered(Database database) {
        return registered.values().stream().anyMatch(live -> live == database);
    }

    /** Neither the host nor, as far as it can be asked, the store knows the name, or only the store does. */
    public IllegalArgumentException unknown(String name) {
        Set<String> known = new TreeSet<>(registered.keySet());
        String inStore;
        try {
            known.addAll(catalog.isPresent() ? catalog.get().databaseNames() : Set.of());
            Set<String> stored = BackupCatalog.databaseNames(backups);
            stored.remove(Backup.ALL_DATABASES);
            inStore = "; in the store: " + shown(stored);
            known.addAll(stored);
        } catch (IOException e) {
            inStore = "; the store cannot tell what it has: " + e.getMessage();
        }
        known.remove(name);
        return new IllegalArgumentException("no database '" + name + "'" + NearestName.guess(name, known)
                + "; registered: " + shown(registered.keySet())
                + (catalog.isPresent() ? " and those of the catalog" : "") + inStore
                + ". Register it with BackupManager.builder().database(…)");
    }

    /** Some of many names. */
    private static String shown(Set<String> names) {
        return names.size() <= SHOWN
                ? names.toString()
                : names.stream().limit(SHOWN).toList() + " and " + (names.size() - SHOWN) + " more";
    }
}
