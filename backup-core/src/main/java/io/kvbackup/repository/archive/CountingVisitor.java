package io.kvbackup.repository.archive;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import io.kvbackup.repository.ProgressMeter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what passes on its way to another visitor, and watches the order of keys. */
public final class CountingVisitor implements ArchiveVisitor {
    /** Told when a key does not come after the one before it. */
    public interface DisorderHandler {
        void outOfOrder(String database, String set) throws IOException;
    }

    private final ArchiveVisitor to;
    private final DisorderHandler disorder;
    private final ProgressMeter meter;
    private final List<DatabaseContents> databases = new ArrayList<>();
    private Map<String, Long> counts = new LinkedHashMap<>();
    private @Nullable BackupMetadata metadata;
    private String database = "";
    private String set = "";
    private byte @Nullable [] previousKey;
    private long entries;
    private boolean refused;

    public CountingVisitor(ArchiveVisitor to, DisorderHandler disorder, ProgressMeter meter) {
        this.to = to;
        this.disorder = disorder;
        this.meter = meter;
    }

    @Override
    public void beginDatabase(String name) throws IOException {
        database = name;
        counts = new LinkedHashMap<>();
        refused = true;
        to.beginDatabase(name);
        refused = false;
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) throws IOException {
        set = header.name();
        entries = 0;
        previousKey = null;
        refused = true;
        EntryVisitor target = to.beginSet(header);
        refused = false;
        return (key, value) -> {
            byte[] previous = previousKey;
            if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
                disorder.outOfOrder(database, set);
            }
            previousKey = key;
            entries++;
            refused = true;
            target.visit(key, value);
            refused = false;
            meter.entry((long) key.length + value.length);
        };
    }

    @Override
    public void endSet() throws IOException {
        refused = true;
        to.endSet();
        refused = false;
        counts.put(set, entries);
    }

    @Override
    public void endDatabase(DatabaseBackup header) throws IOException {
        refused = true;
        to.endDatabase(header);
        refused = false;
        databases.add(new DatabaseContents(header, counts));
    }

    @Override
    public void metadata(BackupMetadata summary) throws IOException {
        metadata = summary;
        to.metadata(summary);
    }

    /** What has passed, database by database. */
    List<DatabaseContents> databases() {
        return databases;
    }

    /** The archive's own summary, if one has passed. */
    Optional<BackupMetadata> metadata() {
        return Optional.ofNullable(metadata);
    }

    /** Whether what came last was handed on but not taken: the visitor behind has thrown. */
    boolean wasRefused() {
        return refused;
    }

    int setCount() {
        return databases.stream()
                .mapToInt(contents -> contents.entryCounts().size())
                .sum();
    }

    long entryCount() {
        return databases.stream().mapToLong(DatabaseContents::entryCount).sum();
    }
}
