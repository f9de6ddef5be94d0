package io.kvbackup.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Content on its way into the store: a file in our own folder, removed on close unless it was moved away. */
final class FileTemp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileTemp.class);
    private static final int BUFFER = 64 * 1024;
    /** Larger writes would make the JDK keep direct buffers of their size for each thread. */
    private static final int MAX_WRITE = 256 * 1024;

    private final Path path;
    private @Nullable FileChannel channel;

    private FileTemp(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static FileTemp create(Path folder, Random random) throws IOException {
        Path path = folder.resolve(String.format("%016x%016x", random.nextLong(), random.nextLong()));
        return new FileTemp(path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
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
            to.close();
        } catch (IOException e) {
            throw FileFailures.translate("upload " + key, place, e);
        }
        channel = null;
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Nobody sees the file, so this does not change how the upload ended.
            LOG.warn("cannot remove temporary file {}; delete it by hand: {}", path, e.toString());
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
