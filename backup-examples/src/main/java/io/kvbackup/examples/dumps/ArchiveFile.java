package io.kvbackup.examples.dumps;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One archive in a file, as a store that holds nothing else: an archive is restored from where it lies, without a copy.
 * The extensions of its name say what it is: {@code .tar.bz2}, {@code .tar.gz}, {@code .json.gz}; {@code .gz} alone is
 * compressed JSON. What else the manager writes stays in memory.
 */
final class ArchiveFile extends ForwardingStorageClient {
    private final Path file;
    private final String key;

    ArchiveFile(Path file, String database) throws IOException {
        super(new MemoryStorageClient());
        this.file = file;
        Instant modified = Files.getLastModifiedTime(file).toInstant();
        this.key = "backups/" + database + "/" + modified.truncatedTo(ChronoUnit.SECONDS) + "."
                + extensions(String.valueOf(file.getFileName()));
    }

    private static String extensions(String name) {
        int begin = name.matches(".*\\.(tar|json|cbor)(\\.[a-z0-9]+)*")
                ? Math.max(name.lastIndexOf(".tar"), Math.max(name.lastIndexOf(".json"), name.lastIndexOf(".cbor")))
                : name.lastIndexOf('.');
        if (begin < 0) {
            throw new IllegalArgumentException("'" + name + "' has no extension that says what it is");
        }
        String chain = name.substring(begin + 1);
        return chain.equals("gz") ? "json.gz" : chain;
    }

    String objectName() {
        return key;
    }

    private StorageObject object() throws IOException {
        return new StorageObject(
                key, Files.size(file), Files.getLastModifiedTime(file).toInstant(), "archive");
    }

    @Override
    public Optional<StorageObject> stat(String asked) throws IOException {
        return asked.equals(key) ? Optional.of(object()) : super.stat(asked);
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        Stream<StorageObject> others = super.list(prefix, after);
        return key.startsWith(prefix) && key.compareTo(after) > 0 ? Stream.concat(Stream.of(object()), others) : others;
    }

    @Override
    public InputStream download(String asked, ByteRange range) throws IOException {
        return asked.equals(key) ? read(range) : super.download(asked, range);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        return version.key().equals(key) ? read(range) : super.download(version, range);
    }

    private InputStream read(ByteRange range) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(file);
        channel.position(Math.min(range.offset(), channel.size()));
        return new PartOfFile(Channels.newInputStream(channel), range.lengthWithin(channel.size()));
    }

    /** Ends after so many bytes. */
    private static final class PartOfFile extends FilterInputStream {
        private long left;

        private PartOfFile(InputStream in, long length) {
            super(in);
            left = length;
        }

        @Override
        public int read() throws IOException {
            int read = left > 0 ? super.read() : -1;
            left -= read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = left > 0 ? super.read(bytes, offset, (int) Math.min(length, left)) : -1;
            left -= Math.max(read, 0);
            return read;
        }
    }
}
