package io.kvbackup.storage.file;

import io.kvbackup.pipeline.ClientGate;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Random;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps objects as files below a folder, each at the path of its key:
 * {@code backups/orders/2026-11-20T12:00:00.000Z.json}.
 *
 * <p>An upload is written to a temporary file, synced, renamed, and the folder is synced: after a power loss the object
 * is there whole, or not at all. Conditions hold among all threads and processes on machines that see each other's file
 * locks. The root is created at the first write, for its owner alone; files and folders in it have the permissions of
 * the root, less the umask, so a host that shares a store with others creates the root itself.
 *
 * <p>Characters other than printable ASCII, and {@code %}, are escaped as {@code %XX} in file names. So are characters
 * that the mount does not take or keep, such as a colon, a dot at the end, or one of two letters that it takes for the
 * same; the first write finds them out by making some names. A reader understands every spelling, so a folder can be
 * moved to another system. Names above 240 characters are cut into folders ending in {@code %more}. An object whose
 * name is also that of a folder gets the ending {@code %file}, or the folder {@code %dir}, whichever came later. Files
 * with names that no key leads to are not seen. Our own folder {@code .kvbackup} in the root holds the lock and
 * temporary files. Each of these is locked while it is written, so that {@link #deleteStaleUploads} can tell those that
 * killed processes have left.
 *
 * <p>What this does not do: links below the root are not followed, but this is no defence against someone who changes
 * the folder at the same moment.
 *
 * <p>Safe for use by several threads.
 */
public final class FileStorageClient implements StorageClient {
    private final Path root;
    private final FileTree tree;
    private final FolderWriter writer;
    private final ClientGate gate;

    /** A client for the folder {@code root}, which need not exist yet. Touches nothing. */
    public FileStorageClient(Path root) {
        this(root, Clock.systemUTC(), new SecureRandom());
    }

    FileStorageClient(Path root, Clock clock, Random random) {
        this(root, clock, random, MountNames::takes);
    }

    FileStorageClient(Path root, Clock clock, Random random, MountNames.Trial trial) {
        Path absolute = root.toAbsolutePath().normalize();
        this.root = absolute;
        MountNames mount = new MountNames(absolute, random, trial);
        this.tree = new FileTree(absolute, mount);
        this.writer = new FolderWriter(absolute, tree, mount, clock, random);
        this.gate = new ClientGate("file:" + absolute);
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        FileTree.Found found = find("stat", key);
        return found == null ? Optional.empty() : Optional.of(FileVersion.of(key, found.attributes()));
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        String operation = "list '" + prefix + "'";
        gate.enter(operation);
        try {
            FileListing listing = new FileListing(tree, new KeyWindow(prefix, after), toString());
            int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT;
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(listing, traits), false);
        } catch (IOException e) {
            throw FileFailures.translate(operation, this, e);
        }
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return open(existing("download", key), key, range);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        FileTree.Found found = existing("download", version.key());
        requireVersion(version, found.attributes());
        InputStream in = open(found, version.key(), range);
        try {
            // Looked at before and after opening, since an open file does not tell which one it is.
            requireVersion(version, FileTree.attributes(found.path()));
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private InputStream open(FileTree.Found found, String key, ByteRange range) throws IOException {
        try {
            FileChannel channel = FileChannel.open(found.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            return new FileDownload(channel, range, key + " in " + this);
        } catch (NoSuchFileException e) {
            throw missing("download", key);
        } catch (IOException e) {
            throw FileFailures.translate("download " + key, this, e);
        }
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        enter("upload", key);
        return writer.upload(key, content, condition, gate);
    }

    @Override
    public void copy(String from, String to) throws IOException {
        StorageKey.require(to);
        try (InputStream in = download(from, ByteRange.all())) {
            upload(to, in::transferTo, PutCondition.none());
        }
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        gate.enter("delete");
        keys.forEach(StorageKey::require);
        try {
            writer.delete(keys);
        } catch (IOException e) {
            throw FileFailures.translate("delete", this, e);
        }
    }

    /** Removes those of all keys, because temporary files do not tell theirs; never a file that is being written. */
    @Override
    public void deleteStaleUploads(String prefix, Instant startedBefore) throws IOException {
        String operation = "abandon uploads";
        gate.enter(operation);
        try {
            writer.abandon(startedBefore);
        } catch (IOException e) {
            throw FileFailures.translate(operation, this, e);
        }
    }

    private FileTree.@Nullable Found find(String operation, String key) throws IOException {
        enter(operation, key);
        try {
            return tree.find(key);
        } catch (IOException e) {
            throw FileFailures.translate(operation + " " + key, this, e);
        }
    }

    private FileTree.Found existing(String operation, String key) throws IOException {
        FileTree.Found found = find(operation, key);
        if (found == null) {
            throw missing(operation, key);
        }
        return found;
    }

    private void requireVersion(StorageObject version, @Nullable BasicFileAttributes now) throws IOException {
        if (now == null) {
            throw missing("download", version.key());
        }
        if (!FileVersion.of(version.key(), now).etag().equals(version.etag())) {
            throw new PreconditionFailedException("download: " + version.key() + " in " + this
                    + " was replaced while it was being read; read it again");
        }
    }

    private NoSuchFileException missing(String operation, String key) {
        return new NoSuchFileException(key, null, operation + ": no such object in " + this);
    }

    private void enter(String operation, String key) throws IOException {
        StorageKey.require(key);
        gate.enter(operation + " " + key);
    }

    @Override
    public Optional<Path> folder() {
        return Optional.of(root);
    }

    @Override
    public void close() {
        gate.close();
    }

    @Override
    public String toString() {
        return gate.place();
    }
}
