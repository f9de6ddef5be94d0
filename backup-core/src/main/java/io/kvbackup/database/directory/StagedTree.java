package io.kvbackup.database.directory;

import io.kvbackup.disk.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Content of files on its way into a new folder. There are no links in it until all content is written, so nothing can
 * be written through one.
 */
final class StagedTree implements Closeable {
    private final Path tree;
    private byte @Nullable [] key;
    private @Nullable FileChannel open;
    private long files;

    StagedTree(Path tree) throws IOException {
        this.tree = tree;
        PrivateFiles.createFolder(tree);
    }

    /** How many files have content. */
    long files() {
        return files;
    }

    void write(BlockKey block, byte[] content) throws IOException {
        if (content.length == 0 || content.length > BlockKey.BLOCK) {
            throw new IOException("set blocks: block " + block.number() + " of \"" + PathKey.show(block.path())
                    + "\" has " + content.length + " bytes; blocks have 1 to " + BlockKey.BLOCK);
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            FileChannel channel = channelOf(block.path());
            while (buffer.hasRemaining()) {
                channel.write(buffer, block.offset() + buffer.position());
            }
        } catch (ClosedByInterruptException e) {
            throw (InterruptedIOException)
                    new InterruptedIOException("interrupted while writing \"" + PathKey.show(block.path()) + "\"")
                            .initCause(e);
        }
    }

    private FileChannel channelOf(byte[] path) throws IOException {
        if (open != null && Arrays.equals(path, key)) {
            return open;
        }
        finishFile();
        Path file = PathKey.resolve(tree, path);
        FileChannel begun = create(tree, file, path);
        open = begun;
        key = path;
        files++;
        return begun;
    }

    private static FileChannel create(Path tree, Path file, byte[] path) throws IOException {
        try {
            createParents(tree, file);
            return PrivateFiles.newChannel(file);
        } catch (FileAlreadyExistsException e) {
            throw twice(path, e);
        }
    }

    static void createParents(Path tree, Path file) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            createFolder(tree, parent);
        }
    }

    /** With those above it up to the tree. As long as the tree has no links, none is followed. */
    static void createFolder(Path tree, Path folder) throws IOException {
        if (!folder.equals(tree) && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            createParents(tree, folder);
            PrivateFiles.createFolder(folder);
        }
    }

    static IOException twice(byte[] path, FileAlreadyExistsException e) {
        return new IOException(
                "\"" + PathKey.show(path) + "\" or a folder above it is there already as something else, such as a link"
                        + " where a folder is needed; the backup is damaged, or was restored in part over such a "
                        + "link or file (remove it first), or this file system does not tell upper from lower case",
                e);
    }

    private void finishFile() throws IOException {
        FileChannel finished = open;
        open = null;
        if (finished != null) {
            finished.close();
        }
    }

    @Override
    public void close() throws IOException {
        finishFile();
    }
}
