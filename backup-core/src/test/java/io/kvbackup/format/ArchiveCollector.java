package io.kvbackup.format;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Keeps all that it is shown, and insists on the order of calls that {@link ArchiveVisitor} promises. */
public final class ArchiveCollector implements ArchiveVisitor {
    private final Map<String, DatabaseBackup> databases = new LinkedHashMap<>();
    private final Map<String, SetBackup> sets = new LinkedHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private NavigableMap<byte[], byte[]> data;
    private SetBackup set;
    private String database;
    private BackupMetadata metadata;
    private long entries;

    @Override
    public void beginDatabase(String name) {
        check(database == null);
        calls.add("beginDatabase " + name);
        database = name;
        sets.clear();
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) {
        check(database != null && set == null);
        calls.add("beginSet " + header.name());
        set = header;
        NavigableMap<byte[], byte[]> opened = new TreeMap<>(Arrays::compareUnsigned);
        data = opened;
        return (key, value) -> {
            check(opened == data);
            entries++;
            opened.put(key, value);
        };
    }

    @Override
    public void endSet() {
        check(set != null);
        calls.add("endSet");
        sets.put(set.name(), new SetBackup(set.name(), set.keys(), set.values(), data));
        set = null;
        data = null;
    }

    @Override
    public void endDatabase(DatabaseBackup header) {
        check(database != null && set == null);
        check(database.isEmpty() || database.equals(header.name()));
        check(header.sets().keySet().equals(sets.keySet()));
        calls.add("endDatabase");
        databases.put(header.name(), header.withSets(sets.values()));
        database = null;
    }

    @Override
    public void metadata(BackupMetadata summary) {
        check(database == null && metadata == null);
        calls.add("metadata");
        metadata = summary;
    }

    private void check(boolean inOrder) {
        if (!inOrder) {
            throw new AssertionError("call out of order, after " + calls);
        }
    }

    /** Everything, with data, in the order in which it came. */
    public Map<String, DatabaseBackup> databases() {
        return databases;
    }

    public DatabaseBackup database(String name) {
        return databases.get(name);
    }

    /** Null if there was none. */
    public BackupMetadata metadata() {
        return metadata;
    }

    /** Entries shown, duplicates included. */
    public long entries() {
        return entries;
    }

    public List<String> calls() {
        return calls;
    }
}
