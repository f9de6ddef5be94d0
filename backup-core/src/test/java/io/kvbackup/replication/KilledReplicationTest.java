package io.kvbackup.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that replicates its memory is killed at random moments under load, again and again on one store. */
class KilledReplicationTest {
    @TempDir
    Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    @Tag("thorough")
    void kills3() throws Exception {
        kill(1);
    }

    @Test
    @Tag("soak")
    void kills50() throws Exception {
        kill(50);
    }

    private void kill(int rounds) throws Exception {
        Files.createDirectories(folder.resolve("store"));
        int first = 0;
        for (int round = 1; round <= rounds; round++) {
            int synced = runAndKill(first);
            first = restored(synced, "seed " + seed + ", round " + round);
        }
        assertThat(first).as("seed %d", seed).isPositive();
    }

    /** Returns the last commit that the process called certain. */
    private int runAndKill(int first) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReplicationChild.class.getName(),
                        folder.toString(),
                        Integer.toString(first))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int synced = first - 1;
        int wanted = 2 + random.nextInt(8);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
            int seen = 0;
            String line;
            while (seen < wanted && (line = lines.readLine()) != null) {
                if (line.startsWith("synced ")) {
                    synced = Integer.parseInt(line.substring("synced ".length()));
                    seen++;
                }
            }
            assertThat(seen).as("seed %d: the child ended by itself", seed).isEqualTo(wanted);
            boolean ended = child.waitFor(random.nextInt(200_000), TimeUnit.MICROSECONDS); // anywhere between lines
            assertThat(ended).isFalse();
            while (lines.ready() && (line = lines.readLine()) != null) {
                synced = line.startsWith("synced ") ? Integer.parseInt(line.substring("synced ".length())) : synced;
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        return synced;
    }

    /** Returns the number of commits that were restored. */
    private int restored(int synced, String where) throws Exception {
        ReplicatedMaps host = new ReplicatedMaps(folder.resolve("temporary"));
        try (FileStorageClient store = new FileStorageClient(folder.resolve("store"));
                BackupManager manager = host.manager(store)) {
            assertThat(manager.restoreOnStart("orders").isRestored()).as(where).isTrue();
        }
        int commits = host.items.size() / 2;
        assertThat(commits).as(where).isGreaterThan(synced);
        for (int i = 0; i < commits; i++) {
            assertThat(host.items).as(where).containsEntry("a" + i, "v" + i).containsEntry("b" + i, "v" + i);
        }
        assertThat(host.items).as(where).hasSize(2 * commits);
        return commits;
    }
}
