package io.kvbackup;

import io.kvbackup.repository.MarkStore;
import java.io.IOException;

/**
 * Pins and tags of stored backups, as {@link BackupManager#marks()} gives them.
 * {@link io.kvbackup.model.Backup#marks()} shows them.
 *
 * <p>All methods throw {@link java.nio.file.NoSuchFileException} if there is no such backup, and are safe for use by
 * several threads.
 */
public final class Marks {
    private final MarkStore store;

    Marks(MarkStore store) {
        this.store = store;
    }

    /**
     * Keeps a backup whatever a retention policy says, until it is unpinned. Archives without manifest can be pinned
     * too.
     */
    public void pin(String objectName) throws IOException {
        store.pin(objectName);
    }

    /** Removes the pin, so that retention policies decide about the backup again; does nothing if it is not pinned. */
    public void unpin(String objectName) throws IOException {
        store.unpin(objectName);
    }

    /**
     * Gives a backup a tag; nothing happens if it has it already.
     *
     * @param tag as in {@link BackupOptions.Builder#tag}
     */
    public void tag(String objectName, String tag) throws IOException {
        store.tag(objectName, tag);
    }

    /** Takes a tag away; nothing happens if the backup does not have it. */
    public void untag(String objectName, String tag) throws IOException {
        store.untag(objectName, tag);
    }
}
