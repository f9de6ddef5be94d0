package io.kvbackup.storage.file;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Makes the entries of folders durable; a file that was only renamed may be gone after a power loss. */
final class FolderSync {
    private FolderSync() {}

    /** Completes even if the thread is interrupted, because the entries are visible already. */
    static void sync(Collection<Path> folders) throws IOException {
        if (File.separatorChar == '\\') {
            return; // Windows does not let folders be opened, and journals renames by itself
        }
        boolean interrupted = Thread.interrupted();
        try {
            for (Path folder : folders) {
                sync(folder);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            // Another writer has removed it, so there is nothing to sync.
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            // Some network file systems refuse; there is nothing better to do on them.
            if (!message.contains("invalid argument") && !message.contains("not supported")) {
                throw e;
            }
        }
    }

    /** Creates a folder and what it lies in, durably. */
    static void create(Path folder, FileAttribute<?>... permissions) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null) {
            create(parent, permissions);
        }
        createOne(folder, permissions);
        if (parent != null) {
            sync(List.of(parent));
        }
    }

    private static void createOne(Path folder, FileAttribute<?>... permissions) throws IOException {
        try {
            Files.createDirectory(folder, permissions);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw new FileSystemException(
                        folder.toString(), null, "exists and is not a folder; move it away or choose another place");
            }
        }
    }
}
