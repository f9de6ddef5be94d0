package io.kvbackup.database.rocksdb;

import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Column families that a restore has created: the host gets them if it is committed, otherwise they are dropped. */
final class NewFamilies {
    private static final Logger LOG = LoggerFactory.getLogger(NewFamilies.class);

    /**
     * How the host wants them.
     *
     * @param options by name
     * @param host takes the handles, and closes them
     */
    record Wish(Function<String, ColumnFamilyOptions> options, Consumer<ColumnFamilyHandle> host) {}

    private final RocksDB db;
    private final Consumer<ColumnFamilyHandle> host;
    private final Consumer<Map<String, Family>> database;
    private final Map<String, Family> created = new LinkedHashMap<>();
    private boolean settled;

    private NewFamilies(RocksDB db, Consumer<ColumnFamilyHandle> host, Consumer<Map<String, Family>> database) {
        this.database = database;
        this.db = db;
        this.host = host;
    }

    static NewFamilies none(RocksDB db) {
        return new NewFamilies(db, handle -> {}, all -> {});
    }

    /**
     * Creates them, empty; if one cannot be, none is.
     *
     * @param database takes them as its sets if they are kept
     */
    static NewFamilies create(RocksDB db, Collection<SetBackup> sets, Wish wish, Consumer<Map<String, Family>> database)
            throws IOException {
        NewFamilies families = new NewFamilies(db, wish.host(), database);
        try {
            for (SetBackup set : sets) {
                families.create(set, wish.options().apply(set.name()));
            }
            OptionsFile.requireBytewise(Path.of(db.getName()), families.created.keySet());
            return families;
        } catch (IOException | RuntimeException | Error e) {
            families.drop();
            throw e;
        }
    }

    private void create(SetBackup set, ColumnFamilyOptions options) throws IOException {
        try {
            ColumnFamilyHandle handle = db.createColumnFamily(
                    new ColumnFamilyDescriptor(set.name().getBytes(StandardCharsets.UTF_8), options));
            created.put(set.name(), Family.of(db, handle).encoded(set.keys(), set.values()));
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("create column family " + set.name(), e);
        }
    }

    Map<String, Family> all() {
        return created;
    }

    /** They hold what was restored, or will. */
    void keep() {
        if (!settled) {
            settled = true;
            database.accept(created);
            for (Family family : created.values()) {
                try {
                    host.accept(family.handle());
                } catch (RuntimeException e) {
                    LOG.error("the host failed to take the handle of column family {}", family.name(), e);
                }
            }
        }
    }

    /** Nothing was restored. */
    void drop() {
        if (!settled) {
            settled = true;
            for (Family family : created.values()) {
                try {
                    db.dropColumnFamily(family.handle());
                } catch (RocksDBException e) {
                    LOG.warn(
                            "column family {}, created for a restore that failed, stays: {}",
                            family.name(),
                            e.toString());
                }
                family.handle().close();
            }
        }
    }
}
