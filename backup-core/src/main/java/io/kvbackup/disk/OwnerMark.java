package io.kvbackup.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The file in a folder by which this library knows that it made the folder. It is written and synced before anything
 * else is put there, and is the last to go. A folder without a whole one is somebody else's, whatever its name.
 */
final class OwnerMark {
    static final String NAME = "kvbackup.owner";

    private static final String MAGIC = "kvbackup-owned-folder 1\n";
    private static final String END = "\nend\n";
    private static final int MAX_LENGTH = 1 << 16;

    private OwnerMark() {}

    static Path in(Path folder) {
        return folder.resolve(NAME);
    }

    /** Marks a folder that was just made, and is empty. */
    static void write(Path folder, String owner) throws IOException {
        write(folder, owner, PrivateFiles.ofFile(in(folder)));
    }

    static void write(Path folder, String owner, FileAttribute<?>... permissions) throws IOException {
        String text = MAGIC + "This folder and all in it is removed by kvbackup, which made it for its own work.\n"
                + "for " + URLEncoder.encode(owner, UTF_8) + "\nid " + UUID.randomUUID() + END;
        Files.createFile(in(folder), permissions);
        try (OutputStream out = Files.newOutputStream(in(folder), LinkOption.NOFOLLOW_LINKS)) {
            out.write(text.getBytes(UTF_8));
        }
        DiskSync.file(in(folder), StandardOpenOption.WRITE);
        DiskSync.folder(folder);
    }

    /** Whether the folder has a whole mark. */
    static boolean isIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        String text = new String(read(folder), UTF_8);
        return text.startsWith(MAGIC) && text.endsWith(END);
    }

    /** Whether a crash may have left this file while a mark was being written; nothing of anybody's is in it then. */
    static boolean isTorn(Path folder) throws IOException {
        if (!isSmallFile(in(folder))) {
            return Files.notExists(in(folder), LinkOption.NOFOLLOW_LINKS);
        }
        byte[] bytes = read(folder);
        String text = new String(bytes, UTF_8);
        boolean cut = text.startsWith(MAGIC) ? !text.endsWith(END) : MAGIC.startsWith(text);
        return cut || IntStream.range(0, bytes.length).allMatch(i -> bytes[i] == 0);
    }

    /** Empty if there is none. */
    private static byte[] read(Path folder) throws IOException {
        if (!isSmallFile(in(folder))) {
            return new byte[0];
        }
        try (InputStream in = Files.newInputStream(in(folder), LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(MAX_LENGTH);
        } catch (NoSuchFileException | AccessDeniedException e) {
            return new byte[0];
        }
    }

    private static boolean isSmallFile(Path file) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() && attributes.size() < MAX_LENGTH;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
