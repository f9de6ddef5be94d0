package io.kvbackup.storage.file;

import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Walks objects in key order; holds in memory the names of the folders on the way down only. */
final class FileListing implements Iterator<StorageObject> {
    private final KeyWindow window;
    private final String place;
    private final Deque<FileFolder> open = new ArrayDeque<>();
    private @Nullable StorageObject next;

    FileListing(FileTree tree, KeyWindow window, String place) throws IOException {
        this.window = window;
        this.place = place;
        int slash = window.prefix().lastIndexOf('/');
        String folder = window.prefix().substring(0, Math.max(0, slash));
        // Looks nowhere for a prefix that no key can have: it might lead out of the root.
        if (slash < 0 || StorageKey.problem(folder) == null) {
            open.push(new FileFolder(window, slash < 0 ? "" : folder + "/", tree.folders(folder)));
        }
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null && !open.isEmpty()) {
                advance(open.element());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(FileFailures.translate("list '" + window.prefix() + "'", place, e));
        }
        return next != null;
    }

    @Override
    public StorageObject next() {
        StorageObject object = hasNext() ? next : null;
        if (object == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return object;
    }

    private void advance(FileFolder folder) throws IOException {
        FileFolder.Entry entry = folder.next();
        if (entry == null) {
            open.remove();
        } else if (entry.isFolder()) {
            open.push(new FileFolder(window, entry.key(), entry.paths()));
        } else {
            for (Path path : entry.paths()) {
                BasicFileAttributes attributes = FileTree.attributes(path);
                if (attributes != null && attributes.isRegularFile()) {
                    next = FileVersion.of(entry.key(), attributes);
                    return;
                }
            }
        }
    }
}
