package io.kvbackup.database.directory;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The blocks of each file as a run; its stamp is size, times and inode. A file that was written shortly before the
 * inventory has none, since another write within the same tick of the file system's clock would leave no trace.
 */
record FileRuns(Inventory inventory) implements DatabaseSnapshot.Runs {
    /** Longer than a tick of any file system's clock. */
    private static final Duration RACY = Duration.ofSeconds(2);

    private static final byte[] NONE = {};

    @Override
    public boolean areLasting() {
        return true;
    }

    @Override
    public void read(Visitor to) throws IOException {
        Instant settled = inventory.begun().minus(RACY);
        inventory.read(item -> {
            long blocks = item.state().type() == FileState.FILE
                    ? BlockKey.blocks(item.state().size())
                    : 0;
            if (blocks > 0) {
                byte[] last = new BlockKey(item.key(), blocks - 1).encode();
                KeyRange keys =
                        new KeyRange(new BlockKey(item.key(), 0).encode(), Arrays.copyOf(last, last.length + 1));
                to.visit(keys, stamp(item.state(), settled));
            }
            return true;
        });
    }

    private static byte[] stamp(FileState state, Instant settled) {
        Instant modified = state.modified();
        boolean racy = !modified.isBefore(settled) || state.changed() >= nanos(settled);
        if (racy || state.inode() == 0) {
            return NONE;
        }
        return ByteBuffer.allocate(4 * Long.BYTES)
                .putLong(state.size())
                .putLong(nanos(modified))
                .putLong(state.changed())
                .putLong(state.inode())
                .array();
    }

    private static long nanos(Instant time) {
        return FileTime.from(time).to(TimeUnit.NANOSECONDS);
    }
}
