package io.kvbackup.disk;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Makes what was written, renamed or removed outlast a power loss. An interrupt must not leave it open whether it does:
 * it takes effect afterwards.
 */
public final class DiskSync {
    private DiskSync() {}

    /**
     * The content of a file.
     *
     * @param mode WRITE, without which some systems do nothing, or READ where the file may not be opened for that
     */
    public static void file(Path file, OpenOption mode) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(file, mode)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The entries of a folder, if there is one. */
    public static void folder(@Nullable Path folder) throws IOException {
        if (folder != null) {
            try {
                file(folder, StandardOpenOption.READ);
            } catch (AccessDeniedException e) {
                // Windows cannot open folders and keeps their entries durable by itself.
            }
        }
    }
}
