package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What few files have comes back, or the restore tells that it does not. */
@EnabledOnOs(OS.LINUX)
class FolderAttributesTest {
    @TempDir
    private Path parent;

    private Path from;
    private Path to;

    @BeforeEach
    void create() throws IOException {
        from = Files.createDirectory(parent.resolve("from"));
        to = parent.resolve("to");
    }

    @Test
    void namesOfOneFileAreNamesOfOneFileAgain() throws IOException {
        Files.write(from.resolve("b"), new byte[3 << 20]);
        Files.createLink(from.resolve("a"), from.resolve("b"));
        Files.createDirectory(from.resolve("sub"));
        Files.writeString(from.resolve("sub/x"), "x");
        Files.createLink(from.resolve("z"), from.resolve("sub/x"));
        Files.createLink(parent.resolve("outside"), from.resolve("z"));
        copy();

        assertThat(inode("a")).isEqualTo(inode("b"));
        assertThat(inode("z")).isEqualTo(inode("sub/x")).isNotEqualTo(inode("a"));
        Files.writeString(to.resolve("z"), "changed");
        assertThat(to.resolve("sub/x")).hasContent("changed");
        assertThat(parent.resolve("outside")).hasContent("x");
    }

    @Test
    void aNameWhoseFileIsNotRestoredIsAFileOfItsOwn() throws IOException {
        Files.writeString(from.resolve("a"), "content");
        Files.createLink(from.resolve("b"), from.resolve("a"));
        var backup = DatabaseContents.of(DirectoryDatabase.of("d", from));
        backup.values().forEach(set -> set.keySet().removeIf(key -> key.length > 0 && key[0] == 'a'));
        restore(backup.get("files"), backup.get("blocks"));

        assertThat(to.resolve("b")).hasContent("content");
    }

    @Test
    void namesOfAFileWhoseFirstNameIsNotRestoredAreOneFileAgain() throws IOException {
        Files.writeString(from.resolve("a"), "content");
        Files.createDirectory(from.resolve("sub"));
        Files.createLink(from.resolve("sub/b"), from.resolve("a"));
        Files.createLink(from.resolve("sub/c"), from.resolve("a"));
        Folders.restore(
                DirectoryDatabase.of("to", to),
                DirectoryDatabase.below("sub"),
                DatabaseContents.of(DirectoryDatabase.of("from", from)));
        assertThat(Files.isSameFile(to.resolve("sub/b"), to.resolve("sub/c"))).isTrue();
        assertThat(to.resolve("sub/c")).hasContent("content");
        assertThat(to.resolve("a")).doesNotExist();
    }

    @Test
    void specialBitsComeBackWithTheirOwnersAndNotWithoutThem() throws IOException {
        for (int mode : new int[] {04755, 02755, 01777, 06711}) {
            Files.setAttribute(Files.createFile(from.resolve("f" + mode)), "unix:mode", mode);
            Files.setAttribute(Files.createDirectory(from.resolve("d" + mode)), "unix:mode", mode);
        }
        copy();
        assertThat(Folders.describe(to)).isEqualTo(Folders.describe(from));

        NavigableMap<byte[], byte[]> files = DatabaseContents.empty();
        files.put(new byte[] {'f'}, "file size=0 modified=2026-01-01T00:00:00Z mode=755 special=4".getBytes(UTF_8));
        restore(files, DatabaseContents.empty());
        assertThat(FileState.of(to.resolve("f")).mode()).isEqualTo(0755);
    }

    @Test
    void aFolderThatItsOwnerMayNotChangeIsRestoredAndReplaced() throws IOException {
        Files.createDirectory(from.resolve("sub"));
        Files.writeString(from.resolve("sub/f"), "x");
        Files.setAttribute(from.resolve("sub"), "unix:mode", 0555);
        Files.setAttribute(from, "unix:mode", 0555);
        copy();
        assertThat(Folders.describe(to)).isEqualTo(Folders.describe(from));

        copy();
        assertThat(Folders.describe(to)).isEqualTo(Folders.describe(from));
        Disk.letOwnerIn(from);
        Disk.letOwnerIn(to);
    }

    @Test
    void ownersComeBackIfTheyMayBeSet() throws IOException {
        Files.writeString(from.resolve("f"), "x");
        Files.createSymbolicLink(from.resolve("link"), Path.of("f"));
        assumeTrue(FileState.of(from).holder().owner() == 0, "only root gives files away");
        for (String name : new String[] {"f", "link"}) {
            Files.setAttribute(from.resolve(name), "unix:uid", 4711, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(from.resolve(name), "unix:gid", 4712, LinkOption.NOFOLLOW_LINKS);
        }
        Files.setAttribute(from.resolve("f"), "unix:mode", 06755);
        copy();

        assertThat(FolderModel.of(to).describe(FolderModel.of(to)))
                .isEqualTo(FolderModel.of(from).describe(FolderModel.of(from)));
    }

    @Test
    void attributesOfUsersComeBack() throws IOException {
        Path file = Files.writeString(from.resolve("f"), "x");
        byte[] value = new byte[500];
        new Random(5).nextBytes(value);
        try {
            attributes(file).write("odd = ä", ByteBuffer.wrap(value));
            attributes(from).write("of.folder", ByteBuffer.wrap(new byte[0]));
        } catch (FileSystemException e) {
            assumeTrue(false, "the file system of the test has none");
        }
        copy();

        assertThat(new UserAttributes().read(to.resolve("f"))).containsOnlyKeys("odd = ä");
        assertThat(new UserAttributes().read(to.resolve("f")).get("odd = ä")).isEqualTo(value);
        assertThat(new UserAttributes().read(to)).containsOnlyKeys("of.folder");
    }

    @Test
    void plainFilesHaveTheEntriesThatTheyAlwaysHad() throws IOException {
        Path file = Files.writeString(from.resolve("f"), "x");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-11-20T12:00:00.5Z")));
        Files.setAttribute(file, "unix:mode", 0640);
        Files.createSymbolicLink(from.resolve("link"), Path.of("a b"));
        var files = DatabaseContents.of(DirectoryDatabase.of("d", from)).get("files");

        assertThat(text(files, "f")).isEqualTo("file size=1 modified=2026-11-20T12:00:00.500Z mode=640");
        assertThat(text(files, "link")).isEqualTo("link target=a%20b");
    }

    /**
     * In this form, entries are written since version 1 of the extras; readers before pass over what they do not know.
     */
    @Test
    void entriesWithExtrasKeepTheirForm() throws IOException {
        TreeMap<String, byte[]> attributes = new TreeMap<>();
        attributes.put("a=b c", new byte[] {0, '=', -1});
        FileEntry entry = FileEntry.file(3, Instant.EPOCH, 0755)
                .with(new FileExtras(6, -2, 100, "a b".getBytes(UTF_8), attributes));
        String text = "file size=3 modified=1970-01-01T00:00:00Z mode=755 special=6 uid=4294967294 gid=100"
                + " same=a%20b user.a%3Db%20c=%00=%FF";

        assertThat(new String(entry.encode(), UTF_8)).isEqualTo(text);
        FileEntry read = FileEntry.decode(new byte[] {'f'}, text.getBytes(UTF_8));
        assertThat(new String(read.encode(), UTF_8)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1901-12-14T00:00:00Z",
                "1950-01-01T00:00:00.25Z",
                "1969-12-31T23:59:58.5Z",
                "2038-01-19T03:14:08Z",
                "2262-04-12T00:00:00Z",
                "2400-01-01T12:00:00Z",
                "9999-12-31T23:59:59Z",
                "+200000-01-01T00:00:00Z",
                "-5000-01-01T00:00:00Z"
            })
    void timesComeBackOrTheRestoreTellsThatTheyDoNot(String time) throws IOException {
        Instant wanted = Instant.parse(time);
        Path file = Files.createFile(from.resolve("f"));
        Losses losses = new Losses();
        new EntryAttributes(losses).set(file, FileEntry.file(0, wanted, 0644));

        Instant now = FileState.of(file).modified();
        boolean kept = now.getEpochSecond() == wanted.getEpochSecond();
        assertThat(losses.isEmpty()).as("%s became %s", wanted, now).isEqualTo(kept);
    }

    @Test
    void timesThatJavaCountsInNanosecondsNoMoreAreBackedUp() throws IOException {
        Path file = Files.createFile(from.resolve("f"));
        assumeTrue(file.toFile()
                .setLastModified(Instant.parse("2400-01-01T00:00:00Z").toEpochMilli()));
        assumeTrue(Files.getLastModifiedTime(file).toInstant().equals(Instant.parse("2400-01-01T00:00:00Z")));
        copy();

        assertThat(Files.getLastModifiedTime(to.resolve("f")).toInstant())
                .isEqualTo(Instant.parse("2400-01-01T00:00:00Z"));
    }

    @Test
    void zerosOfOddNamesKeepTheirLength() throws IOException {
        Path odd = PathKey.resolve(from, new byte[] {'x', (byte) 0xFF});
        try (FileChannel file = FileChannel.open(odd, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), 99_999);
        }
        copy();

        assertThat(Folders.describe(to)).isEqualTo(Folders.describe(from));
    }

    private void copy() throws IOException {
        Folders.copy(DirectoryDatabase.of("s", from), DirectoryDatabase.of("d", to));
    }

    private void restore(NavigableMap<byte[], byte[]> files, NavigableMap<byte[], byte[]> blocks) throws IOException {
        DirectoryDatabase database = DirectoryDatabase.of("d", to);
        Folders.restore(database, KeyRange.all(), Map.of("files", files, "blocks", blocks));
    }

    private long inode(String name) throws IOException {
        return FileState.of(to.resolve(name)).inode();
    }

    private static UserDefinedFileAttributeView attributes(Path path) {
        return Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    }

    private static String text(NavigableMap<byte[], byte[]> files, String path) {
        return new String(files.get(path.getBytes(UTF_8)), UTF_8);
    }
}
