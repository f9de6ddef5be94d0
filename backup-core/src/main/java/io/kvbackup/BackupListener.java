package io.kvbackup;

/**
 * Told when something that a manager does begins and ends: backups, restores, verifications, prunes, copies, whether they were
 * called, submitted or scheduled.
 *
 * <p>Called on the thread that does the work: be quick. What a listener throws is logged and changes nothing. Must be
 * safe for use by several threads.
 */
public interface BackupListener {
    /** Work begins. */
    default void onStarted(BackupEvent event) {}

    /** Work has come to a good end. */
    default void onFinished(BackupEvent event) {}

    /** Work has failed; {@link BackupEvent#text()} says why. */
    default void onFailed(BackupEvent event) {}

    /** Work was stopped on request, perhaps before it began. */
    default void onCancelled(BackupEvent event) {}
}
