package io.kvbackup.verify;

import io.kvbackup.format.Manifest;
import io.kvbackup.model.BackupKind;
import java.io.IOException;

/** How much memory a drill may take if its scratch database lies in the heap. Used by one thread. */
final class DrillBudget {
    /** The heap that an entry needs besides its bytes: two arrays, a node of a map, and its place in two lists. */
    private static final long ENTRY_OVERHEAD = 160;

    private final String objectName;
    private final long limit;
    private long spent;

    DrillBudget(String objectName, long limit) {
        this.objectName = objectName;
        this.limit = limit;
    }

    /** The budget for databases that lie on disk. */
    static DrillBudget unlimited() {
        return new DrillBudget("", Long.MAX_VALUE);
    }

    /** Refuses a backup that will not fit, before anything of it is read. */
    void requireRoomFor(Manifest manifest) throws IOException {
        // The bytes of an incremental backup are those of its document.
        long content = manifest.kind() == BackupKind.FULL ? manifest.plain().bytes() : 0;
        require(content + ENTRY_OVERHEAD * manifest.metadata().entryCount());
    }

    void spend(byte[] key, byte[] value) throws IOException {
        spent += (long) key.length + value.length + ENTRY_OVERHEAD;
        require(spent);
    }

    private void require(long needed) throws IOException {
        if (needed > limit) {
            throw new IOException("a drill of " + objectName + " in memory takes at least " + needed
                    + " bytes, allowed are "
                    + limit + "; give a scratch database with BackupManager.builder().scratch(…) or VerifyOptions, or"
                    + " raise VerifyOptions.builder().inMemoryUpTo(…)");
        }
    }
}
