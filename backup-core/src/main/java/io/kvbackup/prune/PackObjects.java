package io.kvbackup.prune;

import io.kvbackup.repository.tree.PackName;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pack of a listing and what lies beside it. What has a name that this library does not give is in none. Used by one
 * thread.
 */
final class PackObjects {
    private final PackName name;
    private final List<StorageObject> tombstones = new ArrayList<>();
    private final List<StorageObject> failures = new ArrayList<>();
    private @Nullable StorageObject pack;

    private PackObjects(PackName name) {
        this.name = name;
    }

    /** Takes the packs of one folder. */
    interface Visitor {
        void visit(String folder, List<PackObjects> packs) throws IOException;
    }

    /** Lists all packs, folder by folder. */
    static void list(StorageClient storage, Visitor visitor) throws IOException {
        String folder = "";
        Map<String, PackObjects> found = new TreeMap<>();
        try (Stream<StorageObject> objects = storage.list(PackName.ROOT)) {
            for (Iterator<StorageObject> each = objects.iterator(); each.hasNext(); ) {
                StorageObject object = each.next();
                Optional<PackName.Mark> mark = PackName.parseMark(object.key());
                Optional<PackName> name = mark.map(PackName.Mark::pack).or(() -> PackName.parse(object.key()));
                if (name.isEmpty()) {
                    continue;
                }
                if (!name.get().database().equals(folder)) {
                    visit(folder, found, visitor);
                    folder = name.get().database();
                }
                found.computeIfAbsent(name.get().objectName(), any -> new PackObjects(name.get()))
                        .add(object, mark);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        visit(folder, found, visitor);
    }

    private static void visit(String folder, Map<String, PackObjects> found, Visitor visitor) throws IOException {
        if (!found.isEmpty()) {
            visitor.visit(folder, List.copyOf(found.values()));
            found.clear();
        }
    }

    private void add(StorageObject object, Optional<PackName.Mark> mark) {
        if (mark.isEmpty()) {
            pack = object;
        } else if (mark.get().kind() == PackName.MarkKind.REMOVED) {
            tombstones.add(object);
        } else {
            failures.add(object);
        }
    }

    PackName name() {
        return name;
    }

    /** Empty if only marks are left. */
    Optional<StorageObject> pack() {
        return Optional.ofNullable(pack);
    }

    List<StorageObject> tombstones() {
        return tombstones;
    }

    List<StorageObject> failures() {
        return failures;
    }
}
