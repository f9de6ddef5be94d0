package io.kvbackup.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.BackupManager;
import io.kvbackup.EncryptedHost;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A downloaded archive always finds the manifest that belongs to it, however the download of another in its place ends.
 */
class DownloadedPairTest {
    private final EncryptedHost host = new EncryptedHost();
    private final EncryptionKeys keys = EncryptedHost.raw("k1");

    @TempDir
    Path folder;

    private Path file;
    private String first;
    private String second;
    private String plain;

    @BeforeEach
    void takeBackups() throws IOException {
        file = folder.resolve("latest.cbor.zst.enc");
        try (BackupManager manager = host.manager(keys)) {
            first = manager.backupDatabase("orders").objectName();
            second = manager.backupDatabase("orders").objectName();
        }
        try (BackupManager manager = host.manager(null)) {
            plain = manager.backupDatabase("orders").objectName();
        }
    }

    private void download(String name, DownloadedPair.Steps steps) throws IOException {
        BackupCatalog catalog = new BackupCatalog(host.storage, BackupKeys.none());
        files(host.storage, steps).download(catalog.findArchive(name), file);
    }

    private static BackupFiles files(StorageClient store, DownloadedPair.Steps steps) {
        return new BackupFiles(store, new BackupDeletion(store, Clock.systemUTC()), steps);
    }

    /** Whether the file can be brought back into a store under that name. */
    private boolean isUsableAs(String name) throws IOException {
        StorageClient store = new MemoryStorageClient();
        try {
            files(store, step -> {}).upload(file, name);
            return true;
        } catch (CorruptBackupException e) {
            return false;
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("kvbackup-download-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aDownloadThatFailsLeavesTheOlderPair() throws IOException {
        download(first, step -> {});
        byte[] bytes = host.read(second);
        bytes[bytes.length - 1] ^= 1;
        host.storage.upload(second, ContentWriter.of(bytes), PutCondition.none());

        assertThatThrownBy(() -> download(second, step -> {})).isInstanceOf(CorruptBackupException.class);

        assertThat(isUsableAs(first)).isTrue();
        assertThat(names()).containsExactly(file.getFileName().toString(), file.getFileName() + ".manifest.json");
        assertThat(Files.readAllBytes(folder.resolve(file.getFileName() + ".manifest.json")))
                .isEqualTo(host.read(first + ".manifest.json"));
    }

    /** A name that is as long as those which downloads leave. */
    @ParameterizedTest
    @ValueSource(strings = {"orders", "latest"})
    void theManifestOfAnotherDownloadStays(String shorter) throws IOException {
        Path other = folder.resolve(shorter);
        file = folder.resolve(shorter + ".202611201200.enc");
        download(second, step -> {});

        Path longer = file;
        file = other;
        download(first, step -> {});
        download(plain, step -> {});

        file = longer;
        assertThat(isUsableAs(second)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterACrashAtAnyStepTheArchiveHasItsManifestAndTheNextDownloadTidiesUp(boolean killed) throws IOException {
        List<String> steps = new ArrayList<>();
        download(first, step -> {});
        download(second, steps::add);
        assertThat(steps).hasSizeGreaterThanOrEqualTo(3);
        for (int last = 0; last < steps.size(); last++) {
            Files.delete(file);
            download(first, step -> {});
            int[] left = {last};
            assertThatThrownBy(() -> download(second, step -> {
                        if (left[0]-- == 0) {
                            if (killed) {
                                throw new AssertionError("killed before: " + step);
                            }
                            throw new IOException("disk failed at: " + step);
                        }
                    }))
                    .as(steps.get(last))
                    .hasMessageContaining(steps.get(last));
            assertThat(isUsableAs(first) ^ isUsableAs(second))
                    .as(steps.get(last))
                    .isTrue();
            download(second, step -> {});
            assertThat(isUsableAs(second)).isTrue();
            assertThat(names()).as(steps.get(last)).hasSize(2);
        }
    }

    @Test
    void anArchiveThatIsNotEncryptedTakesTheManifestOfTheOlderOneAway() throws IOException {
        Files.writeString(folder.resolve(file.getFileName() + ".0123456789abcdef.manifest.json"), "the host's own");
        download(first, step -> {});
        download(plain, step -> {});
        assertThat(names())
                .containsExactly(file.getFileName().toString(), file.getFileName() + ".0123456789abcdef.manifest.json");
        assertThat(isUsableAs(plain)).isTrue();
    }

    @Test
    void aFileOfTheHostWithTheNameOfAManifestStays() throws IOException {
        Path hosts = folder.resolve(file.getFileName() + ".manifest.json");
        Files.writeString(hosts, "{\"name\":\"my web application\"}");
        download(plain, step -> {});
        assertThat(hosts).hasContent("{\"name\":\"my web application\"}");
    }

    @Test
    void whatCannotBePutThereLeavesNothing() throws IOException {
        Files.createDirectories(file.resolve("in use"));
        assertThatThrownBy(() -> download(first, step -> {})).isInstanceOf(IOException.class);
        assertThat(names()).containsExactly(file.getFileName().toString());
    }
}
