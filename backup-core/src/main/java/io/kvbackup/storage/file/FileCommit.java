package io.kvbackup.storage.file;

import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a temporary file an object, in one step and under the lock. */
final class FileCommit {
    /** A folder can vanish between its choice and the rename only if somebody else tidies up in the store. */
    private static final int TRIES = 5;

    private final FileTree tree;
    private final Clock clock;
    private final Random random;

    FileCommit(FileTree tree, Clock clock, Random random) {
        this.tree = tree;
        this.clock = clock;
        this.random = random;
    }

    /** Throws if the condition does not hold now. */
    void check(String key, PutCondition condition) throws IOException {
        requireCondition(key, condition, tree.find(key));
    }

    /**
     * Publishes the file.
     *
     * @param names how a new file is to be named
     * @param changed gets the folders to be synced afterwards
     */
    StorageObject publish(String key, FileNames names, Path temp, PutCondition condition, Set<Path> changed)
            throws IOException {
        FileTree.Found old = tree.find(key);
        requireCondition(key, condition, old);
        Files.setLastModifiedTime(
                temp, FileVersion.time(clock.instant(), old == null ? null : old.attributes(), random));
        Path target = move(key, names, temp, condition, old, changed);
        BasicFileAttributes attributes = Objects.requireNonNull(FileTree.attributes(target), "vanished");
        return FileVersion.of(key, attributes);
    }

    private Path move(
            String key,
            FileNames names,
            Path temp,
            PutCondition condition,
            FileTree.@Nullable Found old,
            Set<Path> changed)
            throws IOException {
        for (int tried = 1; ; tried++) {
            Set<Path> created = new LinkedHashSet<>();
            Path target = old == null ? tree.place(key, names, created) : old.path();
            Path folder = Objects.requireNonNull(target.getParent());
            try {
                if (condition instanceof PutCondition.IfAbsent) {
                    create(temp, target);
                } else {
                    Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
                }
                changed.addAll(created);
                changed.add(folder);
                return target;
            } catch (FileAlreadyExistsException e) {
                throw lost(key, "exists already");
            } catch (NoSuchFileException e) {
                if (tried == TRIES) {
                    throw e;
                }
            } catch (IOException e) {
                tree.removeEmpty(folder);
                throw e;
            }
        }
    }

    /** A link fails if the name is taken, so it is safe even against writers that do not see our lock. */
    private static void create(Path temp, Path target) throws IOException {
        try {
            Files.createLink(target, temp);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            // The file system has no hard links. The name was free a moment ago, and we hold the lock.
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void requireCondition(String key, PutCondition condition, FileTree.@Nullable Found old)
            throws PreconditionFailedException {
        if (condition instanceof PutCondition.IfAbsent && old != null) {
            throw lost(key, "exists already");
        }
        if (condition instanceof PutCondition.IfMatch match
                && (old == null || !FileVersion.of(key, old.attributes()).etag().equals(match.etag()))) {
            throw lost(key, old == null ? "is gone" : "has been replaced by another writer");
        }
    }

    private static PreconditionFailedException lost(String key, String why) {
        return new PreconditionFailedException("upload: " + key + " " + why + "; nothing was written");
    }
}
