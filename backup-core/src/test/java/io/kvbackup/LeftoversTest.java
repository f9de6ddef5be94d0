package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.disk.OtherProcess;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process leaves on the disk goes with the next backup, and nothing that a living one uses. */
@Tag("thorough")
class LeftoversTest {
    @TempDir
    private Path folder;

    /** Backs up in a folder: with {@code stay} it stops at the end of the archive and waits to be killed. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        boolean stay = args[2].equals("stay");
        try (MVStore store = MVStore.open(null);
                StorageClient files = new FileStorageClient(folder.resolve("store"));
                BackupManager manager = BackupManager.builder()
                        .storage(stay ? new StoppingStorageClient(files) : files)
                        .database(copied(folder))
                        .database(unsorted(store))
                        .temporaryDirectory(folder.resolve("temporary"))
                        .build()) {
            BackupOptions options =
                    BackupOptions.builder().spool(args[1].equals("spool")).build();
            manager.backupAllDatabases(options);
        }
        System.exit(0);
    }

    /** As engines do that make a checkpoint of their files. */
    private static Database copied(Path folder) throws IOException {
        return DirectoryDatabase.builder("copied", folder.resolve("restored"))
                .copiedBy(
                        into -> Files.writeString(into.resolve("data"), "content"),
                        Files.createDirectories(folder.resolve("beside")))
                .build();
    }

    /** Text that is not in the order of its bytes, so that its keys are sorted in a file. */
    private static Database unsorted(MVStore store) throws IOException {
        MVMap.Builder<String, String> texts = new MVMap.Builder<>();
        MVMap<String, String> map = store.openMap("texts", texts);
        map.put("\uFFFD", "last of one char");
        map.put("\uD83D\uDE00", "two chars");
        return MvStoreDatabase.builder("unsorted", store)
                .set("texts", texts, Codec.utf8(), Codec.utf8())
                .build();
    }

    @Test
    void leftoversOfTheDeadGoAndFilesOfTheLivingStay() throws Exception {
        try (OtherProcess spooling = run("spool", "stay");
                OtherProcess reading = run("direct", "stay")) {
            spooling.awaitReady();
            reading.awaitReady();
            Set<String> dead = leftovers();
            assertThat(kinds(dead)).containsExactly("copy", "inventory", "keys", "spool");

            try (OtherProcess alsoSpooling = run("spool", "stay");
                    OtherProcess alsoReading = run("direct", "stay")) {
                alsoSpooling.awaitReady();
                alsoReading.awaitReady();
                Set<String> living = leftovers();
                assertThat(living).as("all live").hasSize(2 * dead.size()).containsAll(dead);
                living.removeAll(dead);

                spooling.kill();
                reading.kill();
                assertThat(leftovers()).containsAll(dead);
                backUpInPeace();
                assertThat(leftovers()).isEqualTo(living);

                alsoSpooling.kill();
                alsoReading.kill();
            }
        }
        backUpInPeace();
        assertThat(leftovers()).isEmpty();
    }

    private void backUpInPeace() throws Exception {
        try (OtherProcess other = run("spool", "end")) {
            assertThat(other.exit()).isZero();
        }
    }

    private OtherProcess run(String... arguments) throws IOException {
        Files.createDirectories(folder.resolve("java"));
        return OtherProcess.start(LeftoversTest.class, folder.resolve("java"), folder, arguments[0], arguments[1]);
    }

    private Set<String> leftovers() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String place : Set.of("java", "temporary", "beside")) {
            try (Stream<Path> all = Files.list(folder.resolve(place))) {
                all.map(path -> path.getFileName().toString())
                        .filter(name -> name.startsWith("kvbackup-"))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static Set<String> kinds(Set<String> names) {
        return names.stream()
                .map(name -> name.replaceAll("^kvbackup-|-.*$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Comes to the end of the content of an archive, says so, and goes no further. */
    private static final class StoppingStorageClient extends ForwardingStorageClient {
        StoppingStorageClient(StorageClient store) {
            super(store);
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            return super.upload(key, out -> stop(key, content, out), condition);
        }

        private static void stop(String key, ContentWriter content, OutputStream out) throws IOException {
            content.writeTo(out);
            if (key.startsWith("backups/")) {
                System.out.println("ready");
                System.exit(System.in.read());
            }
        }
    }
}
