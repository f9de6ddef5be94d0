package io.kvbackup.repository.log;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lays changes over the entries of a backup while it is read. Used by one thread. */
final class LaidOver implements ArchiveVisitor, Closeable {
    private final LogChanges log;
    private final ArchiveVisitor to;
    private final Map<String, Long> counts = new HashMap<>();
    private @Nullable Merging current;

    LaidOver(LogChanges log, ArchiveVisitor to) {
        this.log = log;
        this.to = to;
    }

    /** One set: the entries of the backup come in, those of the moment go out. */
    private static final class Merging implements EntryVisitor, Closeable {
        private final LogChanges log;
        private final String set;
        private final ChangeCursor changes;
        private final EntryVisitor out;
        private boolean waiting;
        private long count;

        Merging(LogChanges log, String set, EntryVisitor out) throws IOException {
            this.log = log;
            this.set = set;
            this.out = out;
            changes = log.open(set);
            waiting = changes.next();
        }

        @Override
        public void visit(byte[] key, byte[] value) throws IOException {
            int order = -1;
            while (waiting && (order = Arrays.compareUnsigned(changes.key(), key)) <= 0) {
                push();
                if (order == 0) {
                    return;
                }
            }
            if (!log.isGone(set, key)) {
                out.visit(key, value);
                count++;
            }
        }

        private void push() throws IOException {
            byte[] value = changes.value();
            if (value != null) {
                out.visit(changes.key(), value);
                count++;
            }
            waiting = changes.next();
        }

        void finish() throws IOException {
            while (waiting) {
                push();
            }
        }

        @Override
        public void close() throws IOException {
            changes.close();
        }
    }

    @Override
    public void beginDatabase(String name) throws IOException {
        to.beginDatabase(name);
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) throws IOException {
        Merging merging = new Merging(log, header.name(), to.beginSet(header));
        current = merging;
        return merging;
    }

    @Override
    public void endSet() throws IOException {
        Merging merging = Objects.requireNonNull(current);
        merging.finish();
        counts.put(merging.set, merging.count);
        close();
        to.endSet();
    }

    @Override
    public void endDatabase(DatabaseBackup header) throws IOException {
        to.endDatabase(header);
    }

    @Override
    public void metadata(BackupMetadata metadata) throws IOException {
        to.metadata(metadata);
    }

    /** Entries that came out, by set. */
    Map<String, Long> counts() {
        return counts;
    }

    @Override
    public void close() throws IOException {
        Merging merging = current;
        current = null;
        if (merging != null) {
            merging.close();
        }
    }
}
