package io.kvbackup.event;

import java.util.Set;

/**
 * Told when something that a manager does begins and ends: backups, restores, verifications, prunes, copies, whether
 * they were called, submitted or scheduled.
 *
 * <p>Called on the thread that does the work: be quick. What a listener throws is logged and changes nothing. Must be
 * safe for use by several threads.
 */
public interface BackupListener {
    /**
     * A manager has been built and is about to begin.
     *
     * @param databases the names of those that are registered with it; a catalog may know more
     */
    default void onOpened(Set<String> databases) {}

    /** Work begins. */
    default void onStarted(BackupEvent event) {}

    /** Work has come to a good end. */
    default void onFinished(BackupEvent event) {}

    /** Work has failed; {@link BackupEvent#text()} says why. */
    default void onFailed(BackupEvent event) {}

    /** Work was stopped on request, perhaps before it began. */
    default void onCancelled(BackupEvent event) {}
}
