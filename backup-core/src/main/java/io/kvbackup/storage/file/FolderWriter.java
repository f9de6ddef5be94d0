package io.kvbackup.storage.file;

import io.kvbackup.pipeline.ClientGate;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The writing half of {@link FileStorageClient}: temporary file, lock, commit, sync. */
final class FolderWriter {
    /** Others get their turn between batches. */
    private static final int DELETES_PER_LOCK = 256;

    private final Path root;
    private final OwnArea area;
    private final FileTree tree;
    private final FileCommit commit;
    private final FolderLock lock;
    private final MountNames mount;
    private final Random random;

    FolderWriter(Path root, FileTree tree, MountNames mount, Clock clock, Random random) {
        this.root = root;
        this.area = new OwnArea(root, random);
        this.tree = tree;
        this.mount = mount;
        this.commit = new FileCommit(tree, clock, random);
        this.lock = new FolderLock(area.path());
        this.random = random;
    }

    @FunctionalInterface
    private interface Change<T> {
        T apply(Set<Path> changed) throws IOException;
    }

    StorageObject upload(String key, ContentWriter content, PutCondition condition, ClientGate gate)
            throws IOException {
        String operation = "upload " + key;
        try (FileTemp temp = prepare(key, condition, gate.place())) {
            temp.fill(key, gate.place(), content);
            gate.enter(operation);
            try {
                FileNames names = mount.find(temp.path().resolveSibling(""));
                return change(changed -> {
                    temp.release();
                    return commit.publish(key, names, temp.path(), condition, changed);
                });
            } catch (IOException e) {
                throw FileFailures.translate(operation, gate.place(), e);
            }
        }
    }

    private FileTemp prepare(String key, PutCondition condition, String place) throws IOException {
        try {
            commit.check(key, condition);
            Path temps = area.createTemps();
            mount.find(temps);
            return FileTemp.create(root, temps, random);
        } catch (IOException e) {
            throw FileFailures.translate("upload " + key, place, e);
        }
    }

    void delete(Collection<String> keys) throws IOException {
        if (keys.isEmpty() || Files.notExists(root)) {
            return;
        }
        area.create();
        List<String> all = new ArrayList<>(keys);
        for (int from = 0; from < all.size(); from += DELETES_PER_LOCK) {
            List<String> batch = all.subList(from, Math.min(all.size(), from + DELETES_PER_LOCK));
            change(changed -> {
                for (String key : batch) {
                    delete(key, changed);
                }
                return batch.size();
            });
        }
    }

    private void delete(String key, Set<Path> changed) throws IOException {
        for (FileTree.Found found = tree.find(key); found != null; found = tree.find(key)) {
            Files.deleteIfExists(found.path());
            Path folder = found.path().getParent();
            if (folder != null) {
                changed.add(tree.removeEmpty(folder));
            }
        }
    }

    /** Removes what dead processes have left; only logs what lies there without a mark. */
    void abandon(Instant before) throws IOException {
        if (Files.notExists(area.path())) {
            return;
        }
        if (!area.isMarked()) {
            new DeadTemps(area.temps(), lock).tell(before);
        } else if (Files.notExists(area.temps())) {
            return;
        }
        new DeadTemps(area.createTemps(), lock).remove(before);
    }

    private <T> T change(Change<T> change) throws IOException {
        Set<Path> changed = new LinkedHashSet<>();
        T result = lock.run(() -> change.apply(changed));
        FolderSync.sync(changed);
        return result;
    }
}
