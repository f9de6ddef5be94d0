package io.kvbackup.storage.file;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.pipeline.UploadOutput;
import io.kvbackup.storage.ContentWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content on its way into the store: a file in our own folder, locked while it is written, and removed on close unless
 * it was moved away.
 */
final class FileTemp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileTemp.class);
    private static final int BUFFER = 64 * 1024;
    /** Larger writes would make the JDK keep direct buffers of their size for each thread. */
    private static final int MAX_WRITE = 256 * 1024;

    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
    /** Somebody with a wrong clock who looks for dead files can take a new file for dead, before it is locked. */
    private static final int TRIES = 5;

    private final Path path;
    private @Nullable FileChannel channel;
    private @Nullable FileLock lock;

    private FileTemp(Path path) {
        this.path = path;
    }

    /** @param root how open the files are: as it is */
    static FileTemp create(Path root, Path folder, Random random) throws IOException {
        for (int tried = 0; tried < TRIES; tried++) {
            Path path = folder.resolve(String.format("%016x%016x", random.nextLong(), random.nextLong()));
            FileTemp temp = new FileTemp(path);
            boolean ours = false;
            try {
                ours = temp.open(PrivateFiles.fileLike(root));
            } finally {
                if (!ours) {
                    temp.close();
                }
            }
            if (ours) {
                return temp;
            }
        }
        throw new IOException("new files in " + folder + " vanish; is somebody tidying up there?");
    }

    static boolean isNamedLikeOne(Path file) {
        return NAME.matcher(String.valueOf(file.getFileName())).matches();
    }

    private boolean open(FileAttribute<?>... permissions) throws IOException {
        TempLocks.enter(path);
        channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions);
        lock = TempLocks.take(path, channel);
        return lock != null;
    }

    Path path() {
        return path;
    }

    /** Runs the content writer, whose own failures pass through as they are, and makes its bytes durable. */
    void fill(String key, Object place, ContentWriter content) throws IOException {
        FileChannel to = Objects.requireNonNull(channel, "filled already");
        UploadOutput out = new UploadOutput(new BufferedOutputStream(new Sink(to, key, place), BUFFER), key);
        content.writeTo(out);
        out.finish();
        try {
            to.force(true);
        } catch (IOException e) {
            throw FileFailures.translate("upload " + key, place, e);
        }
    }

    /** Gives up the lock. Call it under the lock of the folder, or somebody may take the file for dead. */
    void release() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        try {
            release();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Nobody sees the file, so this does not change how the upload ended.
            LOG.warn("cannot remove temporary file {}; delete it by hand: {}", path, e.toString());
        } finally {
            TempLocks.leave(path);
        }
    }

    private static final class Sink extends OutputStream {
        private final FileChannel to;
        private final String key;
        private final Object place;

        Sink(FileChannel to, String key, Object place) {
            this.to = to;
            this.key = key;
            this.place = place;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                for (int from = offset; from < offset + length; ) {
                    int slice = Math.min(MAX_WRITE, offset + length - from);
                    from += to.write(ByteBuffer.wrap(bytes, from, slice));
                }
            } catch (IOException e) {
                throw FileFailures.translate("upload " + key, place, e);
            }
        }
    }
}
