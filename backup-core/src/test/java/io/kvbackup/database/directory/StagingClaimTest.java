package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One restore of a folder at a time, among processes too. */
class StagingClaimTest {
    @TempDir
    private Path folder;

    /** Exits with 0 if it could claim. */
    public static void main(String[] args) throws IOException {
        System.exit(Staging.claim(Path.of(args[0]), "data", CommitSteps.IGNORED).isPresent() ? 0 : 1);
    }

    @Test
    void aRefusedClaimLeavesTheFirstItsLock() throws Exception {
        Path root = folder.resolve("data");
        try (Staging first = Staging.claim(root, "data", CommitSteps.IGNORED).orElseThrow()) {
            assertThat(Staging.claim(root, "data", CommitSteps.IGNORED)).isEmpty();

            assertThat(otherProcessMayClaim(root)).isFalse();
            assertThat(first.tree()).doesNotExist();
        }
        assertThat(otherProcessMayClaim(root)).isTrue();
    }

    private boolean otherProcessMayClaim(Path path) throws Exception {
        try (OtherProcess other = OtherProcess.start(StagingClaimTest.class, folder, path)) {
            return other.exit() == 0;
        }
    }
}
