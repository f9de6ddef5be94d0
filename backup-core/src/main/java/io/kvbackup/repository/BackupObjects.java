package io.kvbackup.repository;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.Verification;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects that lie under one archive's name. Used by one thread.
 *
 * <p>Comes from a listing, so each object was there at some moment during it, though perhaps not all at once.
 */
public final class BackupObjects {
    private final String archiveName;
    private final List<StoredMark> marks = new ArrayList<>();
    private @Nullable StorageObject archive;
    private @Nullable StorageObject manifest;

    /** A mark and its object. */
    public record StoredMark(Mark mark, StorageObject object) {}

    private BackupObjects(String archiveName) {
        this.archiveName = archiveName;
    }

    /** Takes what there is under one archive's name after the other. */
    @FunctionalInterface
    public interface Visitor {
        void visit(BackupObjects objects) throws IOException;
    }

    /** What is to be done again and again during something long. */
    @FunctionalInterface
    public interface Pulse {
        void beat() throws IOException;
    }

    /**
     * Lists everything below a prefix that has to do with backups. Holds no more than what lies beside archives of one
     * stamp.
     */
    public static void list(StorageClient storage, String prefix, Visitor visitor) throws IOException {
        list(storage, Window.of(prefix), () -> {}, visitor);
    }

    /** The same, for listings that may take long: {@code pulse} beats with each object. */
    public static void list(StorageClient storage, Window window, Pulse pulse, Visitor visitor) throws IOException {
        Map<String, BackupObjects> found = new TreeMap<>();
        String stem = "\0";
        try (Stream<StorageObject> objects = storage.list(window.prefix(), window.after())) {
            for (Iterator<StorageObject> each = objects.iterator(); each.hasNext(); ) {
                StorageObject object = each.next();
                pulse.beat();
                if (!object.key().startsWith(stem)) {
                    visitAll(found, visitor);
                    if (window.isBehind(object.key())) {
                        break;
                    }
                    stem = BackupName.stem(object.key()).orElse("\0");
                }
                if (object.key().startsWith(stem)) {
                    add(found, object);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        visitAll(found, visitor);
    }

    private static void visitAll(Map<String, BackupObjects> found, Visitor visitor) throws IOException {
        for (BackupObjects each : found.values()) {
            visitor.visit(each);
        }
        found.clear();
    }

    /**
     * A part of a listing.
     *
     * @param after where it begins; empty for all
     * @param behind if a name does not come before this, the rest is not wanted
     */
    public record Window(String prefix, String after, Optional<String> behind) {
        public static Window of(String prefix) {
            return new Window(prefix, "", Optional.empty());
        }

        boolean isBehind(String key) {
            return behind.isPresent() && key.compareTo(behind.get()) >= 0;
        }
    }

    /** What there is under one name, which may be nothing. */
    public static BackupObjects of(StorageClient storage, String archiveName) throws IOException {
        Map<String, BackupObjects> found = new TreeMap<>();
        try (Stream<StorageObject> objects = storage.list(archiveName)) {
            objects.forEach(object -> add(found, object));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return found.getOrDefault(archiveName, new BackupObjects(archiveName));
    }

    private static void add(Map<String, BackupObjects> found, StorageObject object) {
        String key = object.key();
        Optional<Mark.Named> mark = Mark.parse(key);
        if (mark.isPresent()) {
            at(found, mark.get().archive()).marks.add(new StoredMark(mark.get().mark(), object));
        } else if (key.endsWith(BackupName.MANIFEST_SUFFIX)) {
            at(found, key.substring(0, key.length() - BackupName.MANIFEST_SUFFIX.length())).manifest = object;
        } else {
            at(found, key).archive = object;
        }
    }

    private static BackupObjects at(Map<String, BackupObjects> found, String archiveName) {
        return found.computeIfAbsent(archiveName, BackupObjects::new);
    }

    public String archiveName() {
        return archiveName;
    }

    public Optional<StorageObject> archive() {
        return Optional.ofNullable(archive);
    }

    public Optional<StorageObject> manifest() {
        return Optional.ofNullable(manifest);
    }

    public List<StoredMark> marks() {
        return marks;
    }

    /** When its removal began, if it has: the latest of several tombstones. */
    public Optional<Instant> removed() {
        return marksOf(Mark.Removed.class).map(Mark.Removed::at).max(Instant::compareTo);
    }

    /**
     * Whether people get to see it: its archive is there, and it is not without a manifest because it is being removed.
     */
    boolean isListed() {
        return archive != null && (manifest != null || removed().isEmpty());
    }

    /** Whether its manifest is there, its archive is not, and nobody has begun to remove it: the archive was lost. */
    boolean isLost() {
        return archive == null && manifest != null && removed().isEmpty();
    }

    public <T extends Mark> Stream<T> marksOf(Class<T> type) {
        return marks.stream().map(StoredMark::mark).filter(type::isInstance).map(type::cast);
    }

    /** The public view of the marks. */
    BackupMarks publicMarks() {
        Set<String> tags = marksOf(Mark.Tag.class).map(Mark.Tag::name).collect(Collectors.toSet());
        List<Verification> verifications =
                marksOf(Mark.Verified.class).map(Mark.Verified::verification).toList();
        return new BackupMarks(marksOf(Mark.Pinned.class).findAny().isPresent(), tags, verifications);
    }

    /** The backup that has lost its archive; empty if it has not, or the name is not that of a backup. */
    Optional<Backup> describeLost() {
        return BackupName.parse(archiveName)
                .filter(name -> isLost())
                .map(name -> name.describe(0, true, Optional.empty(), publicMarks()));
    }

    /** The backup, as far as names tell; empty if it is not listed, or the name is not that of a backup. */
    public Optional<Backup> describe() {
        StorageObject stored = archive;
        if (stored == null || !isListed()) {
            return Optional.empty();
        }
        return BackupName.parse(archiveName)
                .map(name -> name.describe(stored, manifest != null, Optional.empty(), publicMarks()));
    }
}
