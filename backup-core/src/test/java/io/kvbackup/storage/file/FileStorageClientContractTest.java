package io.kvbackup.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.contract.StorageClientContract;
import io.kvbackup.storage.contract.StoreUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

@StoreUnderTest(scheme = "file:", server = "file system of the build")
class FileStorageClientContractTest implements StorageClientContract {
    @TempDir
    private Path folder;

    private StorageClient client;

    @BeforeEach
    void open() {
        client = new FileStorageClient(folder.resolve("not/yet/there"));
    }

    @Override
    public StorageClient client() {
        return client;
    }

    /** Syncing costs, and a folder has no pages. */
    @Override
    public int manyObjects() {
        return 150;
    }

    @Override
    public void assertNothingLeftBehind() throws IOException {
        Path temps = folder.resolve("not/yet/there/.kvbackup/tmp");
        if (Files.exists(temps)) {
            assertThat(temps).isEmptyDirectory();
        }
    }
}
