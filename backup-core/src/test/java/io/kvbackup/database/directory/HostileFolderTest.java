package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups that somebody made up to write outside of the folder, or that are damaged. */
class HostileFolderTest {
    private static final String FILE = "file size=1 modified=2026-01-01T00:00:00Z mode=644";

    @TempDir
    private Path parent;

    private Path folder;
    private Map<String, String> before;

    @BeforeEach
    void create() throws IOException {
        folder = CrashingFolderHost.write(parent.resolve("folder"), "live");
        before = Folders.describe(parent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "..",
                ".",
                "/etc/x",
                "a/../../x",
                "a/./b",
                "a//b",
                "a/",
                "nul\0inside",
                "folder\0",
                "../folder/both"
            })
    void pathsThatLeadAnywhereElseAreRefused(String path) throws IOException {
        assertRefused(Map.of(path, FILE), Map.of());
        assertRefused(Map.of(), Map.of(path, "x"));
    }

    @Test
    void namesThatAreTooLongAreRefused() throws IOException {
        assertRefused(Map.of("x".repeat(256), FILE), Map.of());
    }

    @Test
    void contentIsNeverWrittenThroughALink() throws IOException {
        String outside = PercentText.encode(parent.toString().getBytes(UTF_8));
        assertRefused(Map.of("a", "link target=" + outside, "a/x", FILE), Map.of("a/x", "x"));
        assertRefused(Map.of("a", "link target=" + outside), Map.of("a/x", "x"));
        assertRefused(Map.of("a", "link target=" + outside), Map.of("a", "x"));
        assertRefused(Map.of("", "link target=" + outside), Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/x", "a/c/d", "a/COMMIT.tmp", "a/../x"})
    void linksAreNeverMadeThroughLinks(String below) throws IOException {
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Path precious = Files.writeString(parent.resolve("precious"), "precious");
        before = Folders.describe(parent);
        String to = "link target=" + PercentText.encode(precious.toString().getBytes(UTF_8));
        for (String target : new String[] {outside.toString(), "..", "../..", "."}) {
            String link = "link target=" + PercentText.encode(target.getBytes(UTF_8));
            assertRefused(Map.of("a", link, below, to), Map.of());
            assertRefused(Map.of("b/a", link, "b/" + below, to), Map.of());
            assertRefused(Map.of("a", link, "a/b", link, "a/b/x", to), Map.of());
        }
    }

    @Test
    void aLinkOfTheFolderThatAPartWasRestoredBelowIsNamed() throws IOException {
        Files.createSymbolicLink(folder.resolve("a"), Files.createDirectory(parent.resolve("outside")));
        try (DatabaseRestore restore = DirectoryDatabase.of("d", folder).beginRestore(header("files", "blocks"))) {
            push(restore, "files", Map.of("a", "link target=../outside", "a/x", "link target=y"));
            assertThatThrownBy(restore::commit)
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("\"a\"", "restored in part over such a link", "remove it first");
        }
        assertThat(parent.resolve("outside")).isEmptyDirectory();
    }

    @Test
    void linksThatWerePlantedInTheFolderAreReplacedAndNotFollowed() throws IOException {
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.writeString(outside.resolve("x"), "precious");
        Files.createSymbolicLink(folder.resolve("a"), outside);
        Files.createSymbolicLink(folder.resolve("b"), outside.resolve("x"));
        try (DatabaseRestore restore = DirectoryDatabase.of("d", folder).beginRestore(header("files", "blocks"))) {
            push(restore, "files", Map.of("a", "dir", "a/x", FILE, "b", FILE));
            push(restore, "blocks", Map.of("a/x", "1", "b", "2"));
            restore.commit();
        }

        assertThat(folder.resolve("a/x")).hasContent("1");
        assertThat(folder.resolve("b")).hasContent("2");
        assertThat(outside.resolve("x")).hasContent("precious");
        assertThat(outside.toFile().list()).containsExactly("x");
    }

    @Test
    void aLinkWhereARestoreWorksIsRefused() throws IOException {
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.writeString(outside.resolve("x"), "precious");
        DirectoryDatabase database = DirectoryDatabase.of("d", folder);
        Files.createSymbolicLink(Staging.pathFor(folder), outside);

        assertThatThrownBy(() -> database.beginRestore(header("files", "blocks")))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(Staging.pathFor(folder).toString(), "remove the link");
        assertThatThrownBy(() -> DirectoryDatabase.of("d", folder)).hasMessageContaining("remove the link");
        assertThat(outside.toFile().list()).containsExactly("x");
    }

    @Test
    void aFileIsNotAFolder() throws IOException {
        assertRefused(Map.of("a", FILE, "a/x", FILE), Map.of());
        assertRefused(Map.of("a", FILE, "a/x", FILE), Map.of("a", "x", "a/x", "x"));
        assertRefused(Map.of("a", "dir"), Map.of("a", "x"));
    }

    @Test
    void setsThatDoNotAgreeAreRefused() throws IOException {
        assertRefused(Map.of("a", FILE), Map.of("b", "x"));
        assertRefused(Map.of("a", FILE), Map.of("a", "longer"));
        assertRefused(Map.of(), Map.of("a", "x"));
    }

    @Test
    void filesThatAreSaidToBeOneAndAreNotAreRefused() throws IOException {
        assertRefused(Map.of("a", FILE, "b", FILE + " same=a"), Map.of("a", "1", "b", "2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "what",
                "file size=-1",
                "file size=x",
                "file size",
                "dir mode=9",
                "dir mode=7777",
                "dir special=8",
                "dir uid=-5",
                "dir same=b",
                "file size=0 same=..",
                "file size=0 same=../folder/both",
                "file size=0 same=a",
                "file size=0 same=b",
                "file size=0 user.x=%4",
                "link",
                "link target=%4",
                "dir modified=yesterday",
                "file \u00ff"
            })
    void whatCannotBeUnderstoodIsRefused(String value) throws IOException {
        assertRefused(Map.of("a", value), Map.of());
    }

    @Test
    void blocksAndTheirKeysHaveTheirSize() throws IOException {
        assertBlockRefused(new byte[] {'a', 0, 1}, new byte[1]);
        assertBlockRefused(new BlockKey("a".getBytes(UTF_8), -1).encode(), new byte[1]);
        assertBlockRefused(new BlockKey("a".getBytes(UTF_8), Long.MAX_VALUE / 4).encode(), new byte[1]);
        assertBlockRefused(new BlockKey(new byte[0], 0).encode(), new byte[1]);
        assertBlockRefused(new BlockKey("a".getBytes(UTF_8), 0).encode(), new byte[0]);
        assertBlockRefused(new BlockKey("a".getBytes(UTF_8), 0).encode(), new byte[(1 << 20) + 1]);
    }

    @Test
    void fieldsOfLaterVersionsArePassedOver() throws IOException {
        DirectoryDatabase database = DirectoryDatabase.of("d", folder);
        try (DatabaseRestore restore = database.beginRestore(header("files", "blocks"))) {
            restore.set("files").visit("a".getBytes(UTF_8), (FILE + " owner=me").getBytes(UTF_8));
            restore.commit();
        }
        assertThat(folder.resolve("a")).hasBinaryContent(new byte[1]);
        assertThat(Files.getLastModifiedTime(folder.resolve("a")).toInstant())
                .isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    }

    @Test
    void oneSetWithoutTheOtherIsRefused() throws IOException {
        DirectoryDatabase database = DirectoryDatabase.of("d", folder);
        for (String[] sets : new String[][] {{"files"}, {"blocks"}, {"files", "blocks", "more"}}) {
            assertThatThrownBy(() -> database.beginRestore(header(sets)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("choose both");
        }
        assertThat(Folders.describe(parent)).isEqualTo(before);
    }

    private void assertBlockRefused(byte[] key, byte[] content) throws IOException {
        try (DatabaseRestore restore = DirectoryDatabase.of("d", folder).beginRestore(header("files", "blocks"))) {
            assertThatThrownBy(() -> restore.set("blocks").visit(key, content)).isInstanceOf(IOException.class);
        }
        assertThat(Folders.describe(parent)).isEqualTo(before);
    }

    /** In either order of the sets, and with nothing changed in or beside the folder. */
    private void assertRefused(Map<String, String> files, Map<String, String> blocks) throws IOException {
        for (String[] order : new String[][] {{"files", "blocks"}, {"blocks", "files"}}) {
            try (DatabaseRestore restore = DirectoryDatabase.of("d", folder).beginRestore(header(order))) {
                assertThatThrownBy(() -> {
                            for (String set : order) {
                                push(restore, set, set.equals("files") ? files : blocks);
                            }
                            restore.commit();
                        })
                        .as("%s %s", files, blocks)
                        .isInstanceOf(IOException.class);
            }
            assertThat(Folders.describe(parent)).isEqualTo(before);
        }
    }

    private static void push(DatabaseRestore restore, String set, Map<String, String> entries) throws IOException {
        var to = restore.set(set);
        for (var entry : new TreeMap<>(entries).entrySet()) {
            byte[] path = entry.getKey().getBytes(UTF_8);
            to.visit(
                    set.equals("files") ? path : new BlockKey(path, 0).encode(),
                    entry.getValue().getBytes(ISO_8859_1));
        }
    }

    private static DatabaseBackup header(String... sets) {
        SetBackup[] headers = new SetBackup[sets.length];
        for (int i = 0; i < sets.length; i++) {
            headers[i] = new SetBackup(sets[i], Encoding.BINARY, Encoding.BINARY);
        }
        return DatabaseBackup.of("d", headers);
    }
}
