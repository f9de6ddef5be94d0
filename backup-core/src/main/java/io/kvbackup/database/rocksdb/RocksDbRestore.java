package io.kvbackup.database.rocksdb;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.StagedRestore;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stages entries as SST files. */
final class RocksDbRestore extends StagedRestore {
    private final RestoreTarget target;
    private final StagingDirectory staging;
    private final Map<Family, List<Path>> content = new LinkedHashMap<>();
    private @Nullable Family current;
    private @Nullable SstFiles writer;
    private boolean keepStaged;

    /** Takes over {@code staging}. */
    RocksDbRestore(DatabaseBackup header, RestoreTarget target, StagingDirectory staging) {
        super(header);
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
            target.steps().reached(current.name() + " staged");
            writer = null;
        }
    }

    @Override
    protected void commitStaged() throws IOException {
        finishFamily();
        SwapIn swapIn = new SwapIn(target.db(), staging, target.splitAt(), target.steps(), content);
        swapIn.prepare();
        // Once the marker may be on disk, only its removal brings the old state back.
        keepStaged = true;
        try {
            staging.writeMarker(marker(), target.steps());
            swapIn.ingest();
            staging.removeMarker();
            keepStaged = false;
        } catch (IOException | RuntimeException | Error e) {
            if (!restoredAfterAll(swapIn.done(), e)) {
                throw undoOrExplain(swapIn.done(), e);
            }
        }
        target.steps().reached("marker removed");
    }

    private CommitMarker marker() throws IOException {
        Map<String, List<CommitMarker.StagedFile>> families = new LinkedHashMap<>();
        for (Map.Entry<Family, List<Path>> family : content.entrySet()) {
            List<CommitMarker.StagedFile> files = new ArrayList<>();
            for (Path file : family.getValue()) {
                StagingDirectory.sync(file);
                files.add(new CommitMarker.StagedFile(file.getFileName().toString(), Files.size(file)));
            }
            families.put(family.getKey().name(), files);
        }
        return new CommitMarker(target.identity(), families);
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

    private IOException undoOrExplain(int swappedIn, Throwable e) {
        String failure = "cannot commit the restore of database " + header().name() + ": ";
        try {
            if (swappedIn == 0 && target.takesWrites()) {
                staging.removeMarker();
                keepStaged = false;
                return new IOException(failure + "nothing was changed: " + e.getMessage(), e);
            }
        } catch (IOException | RuntimeException more) {
            e.addSuppressed(more);
        }
        return new IOException(
                failure + swappedIn + " of " + content.size()
                        + " column families are swapped in; the rest follows when the database description is built"
                        + " again or the next restore begins; until then do not use them: " + e.getMessage(),
                e);
    }

    @Override
    protected void discard() throws IOException {
        if (writer != null) {
            writer.close();
        }
        if (keepStaged) {
            staging.close();
        } else {
            staging.remove();
        }
    }
}
