package io.kvbackup.copy;

import io.kvbackup.model.Backup;
import java.time.Duration;
import java.util.Objects;

/**
 * Says that a backup lies in another store and was verified there.
 *
 * @param backup the copy; has the name of the original, its pin and tags, but none of its verifications
 * @param way how the archive got there
 * @param took how long it took
 */
public record CopyReport(Backup backup, Way way, Duration took) {
    /** How an archive gets into another store. */
    public enum Way {
        /** An equal copy was there already. */
        WAS_THERE,
        /** Both stores are parts of one store, which copied it without sending it here. */
        INSIDE_THE_STORE,
        /** It was downloaded from one store and uploaded to the other. */
        THROUGH_THIS_PROCESS
    }

    public CopyReport {
        Objects.requireNonNull(backup, "backup");
        Objects.requireNonNull(way, "way");
        Objects.requireNonNull(took, "took");
    }
}
