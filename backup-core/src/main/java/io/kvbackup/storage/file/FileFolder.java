package io.kvbackup.storage.file;

import io.kvbackup.storage.StorageKey;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What lies in one folder of keys, in key order, taken out one after the other. */
final class FileFolder {
    private final KeyWindow window;
    private final String base;
    private final List<Child> children = new ArrayList<>();
    private int position;

    /**
     * Reads a folder.
     *
     * @param base the key of the folder, with a slash at the end; empty for the root
     * @param places where it lies: in one or two folders
     */
    FileFolder(KeyWindow window, String base, List<Path> places) throws IOException {
        this.window = window;
        this.base = base;
        for (Path place : places) {
            read(place, List.of());
        }
        // By the whole name: the folder "a/" stands after "a!" and before "a0".
        children.sort(Comparator.comparing(Child::name, StorageKey.ORDER).thenComparing(Child::file));
    }

    /** A file, or a folder if {@code name} ends with a slash; kept small, as there may be very many. */
    private record Child(String name, Path parent, String file) {}

    /** An object, or a folder if {@code key} ends with a slash. */
    record Entry(String key, List<Path> paths) {
        boolean isFolder() {
            return key.endsWith("/");
        }
    }

    /** The next entry, or null at the end. */
    @Nullable
    Entry next() {
        if (position == children.size()) {
            return null;
        }
        Child first = children.get(position++);
        List<Path> paths = new ArrayList<>(List.of(first.parent().resolve(first.file())));
        while (position < children.size() && children.get(position).name().equals(first.name())) {
            Child again = children.get(position++);
            paths.add(again.parent().resolve(again.file()));
        }
        return new Entry(base + first.name(), paths);
    }

    private void read(Path folder, List<String> pieces) throws IOException {
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                add(folder, path, pieces);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Its last object was deleted meanwhile.
        }
    }

    private void add(Path folder, Path path, List<String> pieces) throws IOException {
        String file = String.valueOf(path.getFileName());
        BasicFileAttributes attributes = FileTree.attributes(path);
        if (attributes == null || !(attributes.isDirectory() || attributes.isRegularFile())) {
            return;
        }
        boolean isFolder = attributes.isDirectory();
        if (isFolder && file.endsWith(FileNames.MORE)) {
            read(path, append(pieces, file));
            return;
        }
        String mark = isFolder ? FileNames.FOLDER : FileNames.OBJECT;
        String plain = file.endsWith(mark) ? file.substring(0, file.length() - mark.length()) : file;
        String segment = FileNames.decode(append(pieces, plain));
        if (segment != null && isWanted(base + segment, isFolder)) {
            String name = isFolder ? segment + "/" : segment;
            children.add(new Child(name, folder, name.equals(file) ? name : file));
        }
    }

    private boolean isWanted(String key, boolean folder) {
        return StorageKey.problem(key) == null && (folder ? window.reachesInto(key + "/") : window.contains(key));
    }

    private static List<String> append(List<String> pieces, String piece) {
        return Stream.concat(pieces.stream(), Stream.of(piece)).toList();
    }
}
