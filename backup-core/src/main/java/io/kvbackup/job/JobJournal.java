package io.kvbackup.job;

import io.kvbackup.disk.DiskSync;
import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.format.Limits;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines, to which lines are added durably. Written through {@link RandomAccessFile}, because a channel is
 * closed when its thread is interrupted, and the threads of cancelled jobs are. For one thread at a time.
 */
class JobJournal implements Closeable {
    private final Path file;
    private @Nullable RandomAccessFile out;
    private long size;
    /** Whether the file ends within a line. */
    private boolean torn;

    JobJournal(Path file) {
        this.file = file;
    }

    /** Takes the lines of a file. */
    interface LineVisitor {
        /**
         * @param line without its end; empty if it was too long to be kept
         * @param number from 1
         * @param complete whether it has an end
         */
        void visit(byte[] line, int number, boolean complete);
    }

    /** Reads all there is; must come before anything is written. */
    void read(LineVisitor visitor) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int number = 1;
            boolean any = false;
            for (int next; (next = in.read()) >= 0; ) {
                size++;
                any = next != '\n';
                if (any && line.size() <= Limits.HISTORY_LINE_BYTES) {
                    line.write(next);
                } else if (!any) {
                    visitor.visit(
                            line.size() > Limits.HISTORY_LINE_BYTES ? new byte[0] : line.toByteArray(), number++, true);
                    line.reset();
                }
            }
            torn = any;
            if (torn) {
                visitor.visit(line.toByteArray(), number, false);
            }
        }
    }

    long size() {
        return size;
    }

    /** Adds lines, all or none, durably. */
    void append(byte[] lines) throws IOException {
        RandomAccessFile to = open();
        try {
            to.seek(size);
            if (torn) {
                write(to, new byte[] {'\n'});
            }
            write(to, lines);
            to.getFD().sync();
            size = to.getFilePointer();
            torn = false;
        } catch (IOException e) {
            cutBack(to, e);
            throw e;
        }
    }

    private void cutBack(RandomAccessFile to, IOException failure) {
        try {
            to.setLength(size);
        } catch (IOException e) {
            failure.addSuppressed(e);
            torn = true;
        }
    }

    /** Where a test lets the disk be full. */
    void write(RandomAccessFile to, byte[] bytes) throws IOException {
        to.write(bytes);
    }

    /** Puts these lines in the place of all there are, at once: after a crash there are the old ones or the new. */
    void replace(Collection<byte[]> lines) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        try (RandomAccessFile to =
                new RandomAccessFile(PrivateFiles.createFile(next).toFile(), "rw")) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] line : lines) {
                all.writeBytes(line);
            }
            write(to, all.toByteArray());
            to.getFD().sync();
        } catch (IOException e) {
            Files.deleteIfExists(next);
            throw e;
        }
        close();
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        size = Files.size(file);
        torn = false;
        syncFolder();
    }

    /** Some systems cannot; there is nothing better to do on them. */
    private void syncFolder() {
        try {
            DiskSync.folder(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            // The rename itself has been done.
        }
    }

    private RandomAccessFile open() throws IOException {
        if (out == null) {
            boolean made = !Files.exists(file);
            if (made) {
                PrivateFiles.createFile(file);
            }
            out = new RandomAccessFile(file.toFile(), "rw");
            if (made) {
                syncFolder();
            }
        }
        return out;
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
            out = null;
        }
    }
}
