package io.kvbackup.repository;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What lies at a place that has no document of a store, and where the store may be that was meant.
 *
 * @param place as its client names it
 * @param first some object there, if there is any
 * @param above how many levels above it a store is; 0 if none was seen
 * @param below where below it a store was seen
 */
record Surroundings(String place, Optional<String> first, int above, Optional<String> below) {
    /** A page of a listing; the names at its start tell enough. */
    private static final int LOOKS = 1000;

    private static final String FOLDER = "backups";

    static Surroundings of(StorageClient storage) throws IOException {
        Optional<String> first = Optional.empty();
        Optional<String> below = Optional.empty();
        int above = storage.folder().map(Surroundings::levelsBelowStore).orElse(0);
        try (Stream<StorageObject> objects = storage.list("")) {
            Iterator<StorageObject> each = objects.iterator();
            for (int i = 0; i < LOOKS && above == 0 && below.isEmpty() && each.hasNext(); i++) {
                String key = each.next().key();
                if (key.startsWith(BackupName.ROOT)) {
                    break;
                }
                first = first.or(() -> Optional.of(key));
                above = isManifest(BackupName.ROOT + key) ? 1 : isManifest(BackupName.ROOT + "x/" + key) ? 2 : 0;
                below = storeIn(key);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new Surroundings(storage.toString(), first, above, below);
    }

    private static boolean isManifest(String key) {
        return key.endsWith(BackupName.MANIFEST_SUFFIX)
                && BackupName.parse(key.substring(0, key.length() - BackupName.MANIFEST_SUFFIX.length()))
                        .isPresent();
    }

    private static Optional<String> storeIn(String key) {
        int root = key.endsWith("/" + StoreIdentity.KEY)
                ? key.length() - StoreIdentity.KEY.length()
                : key.indexOf("/" + BackupName.ROOT) + 1;
        boolean store = root > 0 && (key.endsWith(StoreIdentity.KEY) || isManifest(key.substring(root)));
        return store ? Optional.of(key.substring(0, root)) : Optional.empty();
    }

    private static int levelsBelowStore(Path folder) {
        Path path = folder.toAbsolutePath().normalize();
        for (int levels = 1; levels <= 2 && path != null && path.getParent() != null; levels++) {
            if (path.endsWith(FOLDER) && Files.exists(path.resolveSibling(StoreIdentity.KEY))) {
                return levels;
            }
            path = path.getParent();
        }
        return 0;
    }

    /** Any object below a prefix. */
    static Optional<StorageObject> first(StorageClient storage, String prefix) throws IOException {
        try (Stream<StorageObject> objects = storage.list(prefix)) {
            return objects.findFirst();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Whether a store that is made here would lie in the folders of another. */
    boolean isWithinStore() {
        return above > 0;
    }

    boolean isNamedLikeOurs() {
        return place.toLowerCase(Locale.ROOT).replaceFirst("/+$", "").endsWith("/" + FOLDER);
    }

    /** A sentence. */
    String describe() {
        if (above > 0) {
            return "But " + place + " is " + (above == 1 ? "the folder 'backups'" : "the folder of one database")
                    + " within a store; open the store " + above + " level" + (above == 1 ? "" : "s") + " above.";
        }
        if (below.isPresent()) {
            return "But there is a store below it, in '" + below.get() + "'.";
        }
        return first.map(key -> "Other things are there, such as '" + key + "'.")
                .orElse("Nothing is there.");
    }
}
