package io.kvbackup.host;

import io.kvbackup.database.Database;
import io.kvbackup.disk.OwnedFolder;
import io.kvbackup.disk.RealPath;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Refuses what would be destroyed, or would destroy, on the disks of this machine: a store in a folder that restores
 * replace, two databases in one. Compares where paths really lead.
 *
 * @param databases all that are known
 * @param temporary where the manager puts temporary files
 */
public record Overlaps(List<Database> databases, Path temporary) {
    public Overlaps {
        databases = List.copyOf(databases);
    }

    /**
     * A place, and where it really is.
     *
     * @param path with all links resolved
     */
    private record Found(Database database, Database.Place place, Path path) {
        static List<Found> of(Database database) throws IOException {
            List<Found> all = new ArrayList<>();
            for (Database.Place place : database.places()) {
                all.add(new Found(database, place, RealPath.of(place.path())));
            }
            return all;
        }

        /** Whether another path lies here, and is not left alone. */
        boolean holds(Path other) {
            return other.startsWith(path)
                    && (other.equals(path) || !place.leftAlone().test(path.relativize(other)));
        }

        @Override
        public String toString() {
            return place.path() + ", where database '" + database.name() + "'"
                    + (place.replaced() ? " is restored to" : " lives");
        }
    }

    /**
     * @throws IllegalArgumentException if restores of one database would destroy another, or temporary files; says
     *     which and what to do
     */
    public void requireApart() throws IOException {
        List<Found> all = new ArrayList<>();
        for (Database each : databases) {
            all.addAll(Found.of(each));
        }
        for (Found whole : all) {
            for (Found other : all) {
                requireApart(whole, other);
            }
        }
        requireApart("the folder for temporary files", temporary);
    }

    /**
     * @param what lies at a path where this library writes
     * @throws IllegalArgumentException if a restore would destroy it
     */
    public void requireApart(String what, Path path) throws IOException {
        Path real = RealPath.of(path);
        for (Database each : databases) {
            for (Found whole : Found.of(each)) {
                if (whole.place().replaced() && whole.holds(real)) {
                    throw new IllegalArgumentException(what + ", " + path + ", lies in " + whole
                            + ": a restore would destroy it; choose another folder, or exclude it in the description of"
                            + " the database");
                }
            }
        }
    }

    /** The same for one more database. */
    public static void requireApart(Collection<Database> others, Database database) throws IOException {
        List<Found> mine = Found.of(database);
        for (Database each : others) {
            for (Found other : Found.of(each)) {
                for (Found own : mine) {
                    requireApart(own, other);
                    requireApart(other, own);
                }
            }
        }
    }

    private static void requireApart(Found whole, Found other) {
        if (whole.database() != other.database() && whole.place().replaced() && whole.holds(other.path())) {
            throw new IllegalArgumentException("database '" + other.database().name() + "' has "
                    + other.place().path() + ", which lies in " + whole
                    + ": a restore of the one would destroy the other; give each a folder of its own, or exclude"
                    + " the one in the description of the other");
        }
    }

    /** @throws IllegalArgumentException if the store lies where something else is; says what and what to do */
    public void requireApart(StorageClient store) throws IOException {
        Optional<Path> folder = store.folder();
        if (folder.isEmpty()) {
            return;
        }
        Path root = RealPath.of(folder.get());
        for (Path above = root; above != null; above = above.getParent()) {
            if (OwnedFolder.isMarked(above)) {
                throw refused(
                        store, "lies in " + above + ", which this library has made for its own work and will remove");
            }
        }
        if (RealPath.of(temporary).startsWith(root)) {
            throw refused(
                    store, "holds " + temporary + ", where temporary files are put; set another temporaryDirectory");
        }
        for (Database each : databases) {
            requireApart(store, root, each);
        }
    }

    /** The same for one database, which need not be among the known ones. */
    public static void requireApart(StorageClient store, Database database) throws IOException {
        Optional<Path> folder = store.folder();
        if (folder.isPresent()) {
            requireApart(store, RealPath.of(folder.get()), database);
        }
    }

    private static void requireApart(StorageClient store, Path root, Database database) throws IOException {
        for (Found found : Found.of(database)) {
            if (found.holds(root)) {
                throw refused(
                        store,
                        "lies in " + found + (found.place().replaced() ? ", and would be lost with a restore" : ""));
            }
            if (found.path().startsWith(root)) {
                throw refused(store, "lies around " + found);
            }
        }
    }

    private static IllegalArgumentException refused(StorageClient store, String why) {
        return new IllegalArgumentException("store " + store + " " + why
                + "; put the store elsewhere, or let the database exclude its folder if it is in the database's");
    }
}
