package io.kvbackup.database;

import io.kvbackup.disk.HeldLock;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

final class MapSnapshot implements DatabaseSnapshot {
    private final DatabaseBackup header;
    private final Map<String, MapSetScan<?, ?>> scans = new LinkedHashMap<>();
    private final HeldLock held;
    private final boolean live;
    private final @Nullable RecordedView view;
    private boolean closed;

    /**
     * Takes over {@code held}, unless it throws.
     *
     * @param view opened under {@code held}; {@code null} if nobody records changes
     */
    MapSnapshot(
            DatabaseBackup header,
            Map<String, MapSet<?, ?>> sets,
            HeldLock held,
            boolean live,
            @Nullable RecordedView view)
            throws IOException {
        this.header = header;
        this.live = live && !held.isReal();
        this.view = view;
        for (Map.Entry<String, MapSet<?, ?>> set : sets.entrySet()) {
            scans.put(set.getKey(), MapSetScan.of(set.getValue(), held.isReal(), live));
        }
        if (view != null) {
            view.extend();
        }
        this.held = held;
    }

    @Override
    public DatabaseBackup header() {
        return header;
    }

    @Override
    public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
        if (closed) {
            throw new IOException("the snapshot of database " + header.name() + " is closed");
        }
        MapSetScan<?, ?> scan = scans.get(set);
        if (scan == null) {
            throw new IllegalArgumentException(
                    "database " + header.name() + " has no set " + set + ", only " + scans.keySet());
        }
        try {
            scan.readEntries(range, to);
        } finally {
            if (view != null && live) {
                view.extend();
            }
        }
    }

    @Override
    public Optional<ChangeLog.Span> changes() {
        return view == null ? Optional.empty() : view.span();
    }

    @Override
    public OptionalLong estimatedEntries() {
        return OptionalLong.of(
                scans.values().stream().mapToLong(MapSetScan::size).sum());
    }

    @Override
    public void close() {
        closed = true;
        scans.clear();
        held.close();
    }
}
