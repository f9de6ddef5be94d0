package io.kvbackup.job;

import io.kvbackup.disk.FileClaim;
import io.kvbackup.disk.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One user of a folder at a time, in this process and among processes. The system releases it when the process dies.
 */
record FolderClaim(FileClaim claim) implements Closeable {
    /** @throws IOException if somebody else has it */
    static FolderClaim take(Path folder) throws IOException {
        PrivateFiles.createFolders(folder);
        return FileClaim.take(folder.resolve("lock"))
                .map(FolderClaim::new)
                .orElseThrow(() -> new IOException("the job history in " + folder
                        + " is in use by another manager, of this process or another; close that one first, or give "
                        + "each a folder of its own"));
    }

    @Override
    public void close() throws IOException {
        claim.close();
    }
}
