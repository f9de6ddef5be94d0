package io.kvbackup.restore;

import io.kvbackup.disk.DiskSync;
import io.kvbackup.disk.FileClaim;
import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.repository.Closeables;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The record of a restore of several databases that is under way: in each folder beside one of them,
 * {@code kvbackup-restores/<random>.intent}, from before the first commit until after the last. A process that lives
 * holds a {@link FileClaim} on {@code <random>.lock} beside it; so one that nobody holds is of a restore that broke
 * off. Used by one thread.
 */
final class RestoreIntent implements Closeable {
    static final String FOLDER = "kvbackup-restores";
    static final String SUFFIX = ".intent";

    private final IntentFile content;
    private final List<Path> files = new ArrayList<>();
    private final List<FileClaim> claims = new ArrayList<>();

    private RestoreIntent(IntentFile content) {
        this.content = content;
    }

    /**
     * Writes the record.
     *
     * @param folders each takes one; if none does, it fails
     */
    static RestoreIntent write(IntentFile content, Collection<Path> folders) throws IOException {
        RestoreIntent intent = new RestoreIntent(content);
        String name = UUID.randomUUID().toString().replace("-", "");
        IOException failure = null;
        for (Path folder : folders) {
            try {
                intent.writeInto(folder.resolve(FOLDER), name);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (intent.files.isEmpty() && failure != null) {
            throw new IOException(
                    "cannot write down beside the databases which of them will be restored, in case the process ends"
                            + " between two; let this process write into one of " + folders
                            + ", or restore the databases one by one: " + failure.getMessage(),
                    failure);
        }
        return intent;
    }

    /** What the process holds that wrote a record. */
    static Path lock(Path file) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + ".lock");
    }

    private void writeInto(Path folder, String name) throws IOException {
        PrivateFiles.createFolders(folder);
        DiskSync.folder(folder.getParent());
        Path file = folder.resolve(name + SUFFIX);
        claims.add(FileClaim.take(lock(file)).orElseThrow(() -> new IOException("somebody else has " + lock(file))));
        content.write(file);
        files.add(file);
    }

    /** A database has its new content, or is gone as it should be. */
    void done(String database) throws IOException {
        int member = IntStream.range(0, content.members().size())
                .filter(i -> content.members().get(i).database().equals(database))
                .findFirst()
                .orElseThrow();
        for (Path file : files) {
            IntentFile.done(file, member, content.members().size());
        }
    }

    /** All is done: the record goes. */
    void finish() throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        close();
        for (Path file : files) {
            removeLock(file);
        }
    }

    /** Removes what goes with a record that is gone, and the folder if there are no others. */
    static void removeLock(Path file) throws IOException {
        Files.deleteIfExists(lock(file));
        try {
            Path folder = file.getParent();
            if (folder != null) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            // There are others.
        }
    }

    /** Lets go of the record: if it is still there, the restore broke off. */
    @Override
    public void close() throws IOException {
        Closeables.closeAll(claims);
    }
}
