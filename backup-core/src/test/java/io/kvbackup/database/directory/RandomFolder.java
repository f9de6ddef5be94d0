package io.kvbackup.database.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Fills and changes a folder at random: files, some with several names, folders, links, attributes, owners where it
 * may.
 */
final class RandomFolder {
    private static final String[] NAMES = {"a", "a.txt", "b", "c.tmp", "d-e", "ä", "own"};
    private static final int[] MODES = {0644, 0600, 0755, 0700, 0640, 04755, 02755, 01777, 0444};

    private final Path root;
    private final Random random;
    private final boolean mayGiveAway;

    RandomFolder(Path root, Random random) throws IOException {
        this.root = root;
        this.random = random;
        this.mayGiveAway = FileState.of(root).holder().owner() == 0;
    }

    void change(int times) throws IOException {
        for (Path folder : paths(Files::isDirectory)) {
            Disk.letOwnerIn(folder);
        }
        for (int i = 0; i < times; i++) {
            Path folder = anyFolder();
            Path path = folder.resolve(NAMES[random.nextInt(NAMES.length)]);
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && random.nextInt(3) > 0) {
                remove(path);
            } else if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                create(path);
            }
            if (random.nextInt(4) == 0) {
                decorate(folder);
            }
        }
        if (random.nextInt(3) == 0) {
            Disk.setMode(anyFolder(), 0555);
        }
    }

    private void create(Path path) throws IOException {
        List<Path> files = paths(Files::isRegularFile);
        switch (random.nextInt(7)) {
            case 0, 1 -> decorate(Files.createDirectory(path));
            case 2 -> Files.createSymbolicLink(path, Path.of("../" + NAMES[random.nextInt(NAMES.length)]));
            case 3 -> {
                if (!files.isEmpty()) {
                    Files.createLink(path, files.get(random.nextInt(files.size())));
                }
            }
            default -> {
                byte[] content = new byte[random.nextInt(20) == 0 ? (1 << 20) + 5 : random.nextInt(60)];
                if (random.nextInt(5) > 0) {
                    random.nextBytes(content);
                }
                decorate(Files.write(path, content));
            }
        }
    }

    private void decorate(Path path) throws IOException {
        if (random.nextInt(4) == 0) {
            try {
                Files.getFileAttributeView(path, UserDefinedFileAttributeView.class)
                        .write("a=" + random.nextInt(3), ByteBuffer.wrap(new byte[] {1, (byte) random.nextInt(), 0}));
            } catch (FileSystemException e) {
                // This file system has no attributes, so there is nothing to keep.
            }
        }
        if (mayGiveAway && random.nextInt(4) == 0) {
            Files.setAttribute(path, "unix:uid", 1000 + random.nextInt(2));
            Files.setAttribute(path, "unix:gid", 1000 + random.nextInt(2));
        }
        if (!path.equals(root)) {
            Files.setAttribute(
                    path, "unix:mode", MODES[random.nextInt(MODES.length)] | (Files.isDirectory(path) ? 0700 : 0));
        }
        Files.setLastModifiedTime(path, FileTime.from(time()));
    }

    /** Java does not set fractions of seconds before 1970. */
    private Instant time() {
        int seconds = random.nextInt();
        return Instant.ofEpochSecond(seconds, seconds < 0 ? 0 : random.nextInt(1_000_000_000));
    }

    private static void remove(Path path) throws IOException {
        try (Stream<Path> walk = Files.walk(path)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private Path anyFolder() throws IOException {
        List<Path> folders = paths(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
        return folders.get(random.nextInt(folders.size()));
    }

    private interface Choice {
        boolean of(Path path);
    }

    private List<Path> paths(Choice choice) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return new ArrayList<>(walk.filter(path -> !Files.isSymbolicLink(path) && choice.of(path))
                    .sorted()
                    .toList());
        }
    }
}
