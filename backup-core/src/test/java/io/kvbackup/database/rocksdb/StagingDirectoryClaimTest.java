package io.kvbackup.database.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One restore of a database at a time, among processes too. */
class StagingDirectoryClaimTest {
    @TempDir
    private Path folder;

    /** Exits with 0 if it could claim. */
    public static void main(String[] args) throws IOException {
        System.exit(StagingDirectory.claim(Path.of(args[0]), "orders").isPresent() ? 0 : 1);
    }

    @Test
    void aRefusedClaimLeavesTheFirstItsLock() throws Exception {
        Path staging = folder.resolve("db.kvbackup-orders");
        StagingDirectory first = StagingDirectory.claim(staging, "orders").orElseThrow();
        try {
            assertThat(StagingDirectory.claim(staging, "orders")).isEmpty();

            assertThat(otherProcessMayClaim(staging)).isFalse();
        } finally {
            first.remove();
        }
        assertThat(otherProcessMayClaim(staging)).isTrue();
    }

    private boolean otherProcessMayClaim(Path path) throws Exception {
        try (OtherProcess other = OtherProcess.start(StagingDirectoryClaimTest.class, folder, path)) {
            return other.exit() == 0;
        }
    }
}
