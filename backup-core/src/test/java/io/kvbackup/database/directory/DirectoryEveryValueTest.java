package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Database;
import io.kvbackup.database.contract.AnyBytes;
import io.kvbackup.database.contract.EveryValueContract;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Everything that a folder can hold: names of any bytes, sizes, holes, times, modes, links to anywhere. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "names of any bytes")
class DirectoryEveryValueTest implements EveryValueContract {
    private static final int LONGEST_NAME = 255;
    private static final String[] NAMES = {
        " ",
        "  a",
        "a ",
        "a\n",
        "\n",
        "\t",
        "%",
        "%41",
        "a%2Fb",
        "~",
        "-rf",
        "...",
        ".a",
        "\\",
        "a\\b",
        ":",
        "*",
        "?",
        "\"",
        "'",
        "CON",
        "nul",
        "\u007f",
        "\u00e9",
        "e\u0301",
        "\uD83D\uDE00",
        "files",
        "blocks",
        "LOCK",
        "COMMIT"
    };

    @TempDir
    private Path parent;

    private Path root;
    private Database database;

    @BeforeEach
    void create() throws IOException {
        root = Files.createDirectory(parent.resolve("data"));
        database = DirectoryDatabase.builder("d", root)
                .lock(new ReentrantLock())
                .sync(file -> {})
                .build();
    }

    /** JUnit does not remove names that are not text. */
    @AfterEach
    void remove() throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root)) {
            all = new ArrayList<>(walk.toList());
        }
        Collections.reverse(all);
        for (Path path : all) {
            Files.delete(path);
        }
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public void writeAnything(Random random) throws IOException {
        remove();
        Files.createDirectory(root);
        AnyBytes bytes = new AnyBytes(random);
        List<byte[]> folders = new ArrayList<>(List.of(PathKey.ROOT));
        List<Path> made = new ArrayList<>();
        for (int i = random.nextInt(40); i > 0; i--) {
            byte[] key = PathKey.join(folders.get(random.nextInt(folders.size())), name(bytes, random));
            Path path = PathKey.resolve(root, key);
            try {
                if (random.nextInt(4) == 0) {
                    Files.createDirectory(path);
                    folders.add(key);
                } else if (random.nextInt(4) == 0) {
                    Files.createSymbolicLink(path, PathKey.pathOf(target(bytes, random)));
                    continue;
                } else {
                    write(path, bytes, random);
                }
                made.add(path);
            } catch (FileAlreadyExistsException e) {
                // Once is enough.
            }
        }
        for (int i = made.size() - 1; i >= 0; i--) {
            finish(made.get(i), random);
        }
    }

    private static byte[] name(AnyBytes bytes, Random random) {
        byte[] name =
                random.nextBoolean() ? NAMES[random.nextInt(NAMES.length)].getBytes(UTF_8) : bytes.next(LONGEST_NAME);
        for (int i = 0; i < name.length; i++) {
            name[i] = name[i] == 0 || name[i] == '/' ? (byte) 'x' : name[i];
        }
        boolean none =
                name.length == 0 || Arrays.equals(name, new byte[] {'.'}) || Arrays.equals(name, new byte[] {'.', '.'});
        return none ? new byte[] {(byte) 0xFF} : name;
    }

    private static byte[] target(AnyBytes bytes, Random random) {
        return random.nextBoolean() ? name(bytes, random) : ("../" + random.nextInt(9) + "//x").getBytes(UTF_8);
    }

    private static void write(Path path, AnyBytes bytes, Random random) throws IOException {
        try (var channel = Files.newByteChannel(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (random.nextInt(4) == 0) {
                // A hole.
                channel.position((long) random.nextInt(3) * (BlockKey.BLOCK - 1) + random.nextInt(3));
            }
            Channels.newOutputStream(channel).write(bytes.next(AnyBytes.LONG));
            if (random.nextInt(4) == 0) {
                Channels.newOutputStream(channel).write(new byte[random.nextInt(BlockKey.BLOCK * 2)]);
            }
        }
    }

    private static void finish(Path path, Random random) throws IOException {
        Instant time = Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
        Files.setLastModifiedTime(path, FileTime.from(time));
        if (Files.isRegularFile(path)) {
            Disk.setMode(path, 0400 | random.nextInt(0777));
        } else {
            Disk.setMode(path, 0700 | random.nextInt(077));
        }
    }

    @Override
    public Object liveState() throws IOException {
        return Folders.describe(root);
    }
}
