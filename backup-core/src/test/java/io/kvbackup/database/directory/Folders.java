package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Copies and compares folders. */
final class Folders {
    private Folders() {}

    /** Streams one database into another, as a manager does by way of an archive. */
    static void copy(Database from, Database to) throws IOException {
        try (DatabaseSnapshot snapshot = from.openSnapshot();
                DatabaseRestore restore = to.beginRestore(snapshot.header().withName(to.name()))) {
            for (String set : snapshot.header().sets().keySet()) {
                snapshot.readEntries(set, KeyRange.all(), restore.set(set));
            }
            restore.commit();
        }
    }

    /** Restores a part, or all, of what {@link DatabaseContents#of} has read. */
    static void restore(DirectoryDatabase database, KeyRange range, Map<String, NavigableMap<byte[], byte[]>> backup)
            throws IOException {
        DatabaseBackup header = DatabaseBackup.of(
                database.name(),
                new SetBackup("files", Encoding.BINARY, Encoding.TEXT),
                new SetBackup("blocks", Encoding.BINARY, Encoding.BINARY));
        try (DatabaseRestore restore = range.equals(KeyRange.all())
                ? database.beginRestore(header)
                : database.beginPartialRestore(header, range).orElseThrow()) {
            for (String set : backup.keySet()) {
                DatabaseContents.push(backup.get(set), restore.set(set));
            }
            restore.commit();
        }
    }

    /** What set files says, and a hash of the content, by path; also the order of keys is checked. */
    static Map<String, String> describe(Path folder) throws IOException {
        Map<String, String> found = new TreeMap<>();
        byte[][] previous = new byte[1][];
        new TreeWalk(folder, path -> false, (key, path, state) -> {
                    assertThat(previous[0] == null || Arrays.compareUnsigned(previous[0], key) < 0)
                            .as("order of %s", path)
                            .isTrue();
                    previous[0] = key;
                    String text = state.type() + " " + state.mode();
                    if (state.type() == FileState.FILE) {
                        text += " " + state.modified() + " " + Arrays.hashCode(Files.readAllBytes(path));
                    } else if (state.type() == FileState.LINK) {
                        text += " " + Files.readSymbolicLink(path);
                    } else if (key.length > 0) {
                        text += " " + state.modified();
                    }
                    found.put(PathKey.show(key), text);
                })
                .run();
        return found;
    }

    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
