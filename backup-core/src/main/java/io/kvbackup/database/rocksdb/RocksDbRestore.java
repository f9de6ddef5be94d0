package io.kvbackup.database.rocksdb;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.disk.DiskSync;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stages entries as SST files. */
final class RocksDbRestore extends StagedRestore {
    private final RestoreSite target;
    private final StagingDirectory staging;
    private final Map<Family, List<Path>> content = new LinkedHashMap<>();
    private @Nullable Family current;
    private @Nullable SstFiles writer;
    private final NewFamilies created;
    private boolean keepStaged;

    /** Takes over {@code staging} and {@code created}. */
    RocksDbRestore(
            DatabaseBackup header, KeyRange keys, RestoreSite target, StagingDirectory staging, NewFamilies created) {
        super(header, keys);
        this.created = created;
        this.target = target;
        this.staging = staging;
        header.sets().keySet().forEach(set -> content.put(target.family(set), List.of()));
    }

    @Override
    protected EntryVisitor stage(SetBackup set) throws IOException {
        finishFamily();
        Family family = target.family(set.name());
        String prefix = new ArrayList<>(content.keySet()).indexOf(family) + "-";
        SstFiles files = new SstFiles(target.db(), family, staging.path(), prefix, target.splitAt());
        current = family;
        writer = files;
        return files::put;
    }

    private void finishFamily() throws IOException {
        if (writer != null && current != null) {
            content.put(current, writer.finish());
            requireAllStaged(current.name(), writer.entries());
            target.steps().reached(current.name() + " staged");
            writer = null;
        }
    }

    @Override
    protected void commitStaged() throws IOException {
        finishFamily();
        SwapIn swapIn = new SwapIn(target, staging, keys(), content);
        swapIn.prepare();
        for (List<Path> files : content.values()) {
            for (Path file : files) {
                DiskSync.file(file, StandardOpenOption.WRITE);
            }
        }
        // Once the marker may be on disk, only its removal brings the old state back.
        keepStaged = true;
        try {
            swapIn.decide();
            swapIn.ingest();
            staging.removeMarker();
            keepStaged = false;
        } catch (IOException | RuntimeException | Error e) {
            if (!restoredAfterAll(swapIn.done(), e)) {
                throw undoOrExplain(swapIn, e);
            }
        }
        created.keep();
        target.steps().reached("marker removed");
    }

    /** With all families swapped in, a marker that stays could only erase what the host writes next. */
    private boolean restoredAfterAll(int swappedIn, Throwable e) {
        if (swappedIn < content.size() || e instanceof Error) {
            return false;
        }
        try {
            staging.removeMarker();
            keepStaged = false;
            return true;
        } catch (IOException | RuntimeException more) {
            e.addSuppressed(more);
            return false;
        }
    }

    private IOException undoOrExplain(SwapIn swapIn, Throwable e) {
        String failure = "cannot commit the restore of database " + header().name() + ": ";
        try {
            if (target.takesWrites()) {
                if (swapIn.done() == 0) {
                    staging.removeMarker();
                    keepStaged = false;
                    return new IOException(failure + "nothing was changed: " + e.getMessage(), e);
                }
                swapIn.stop();
            }
        } catch (IOException | RuntimeException more) {
            e.addSuppressed(more);
        }
        return new IOException(
                failure + swapIn.done() + " of " + content.size()
                        + " column families are swapped in; the rest follows when the database description is built"
                        + " again or the next restore begins, unless somebody writes to it before: do not use it "
                        + "until then: "
                        + e.getMessage(),
                e);
    }

    @Override
    protected void discard() throws IOException {
        if (writer != null) {
            writer.close();
        }
        if (keepStaged) {
            created.keep();
            staging.close();
        } else {
            created.drop();
            staging.remove();
        }
    }
}
