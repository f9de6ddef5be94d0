package io.kvbackup.database.mvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.DatabaseContents;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** H2 does not open every file under the name that Java has for it. */
@DisabledOnOs(OS.WINDOWS) // where a backslash is no part of a name
class StoreFileNamesTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"%s/a.mv", "file:%s/a.mv", "nio:%s/a.mv", "%s\\a.mv", "%s/x:y.mv", "file:%s\\b\\a.mv"})
    void theFileOfAStoreIsTheOneThatH2Makes(String form) throws IOException {
        Files.createDirectory(folder.resolve("b"));
        String name = String.format(form, folder);
        try (MVStore store = MVStore.open(name)) {
            assertThat(StoreAccess.file(store).orElseThrow()).as(name).isRegularFile();
        }
    }

    @Test
    void aTildeIsTheHomeFolder() {
        Path home = Path.of(System.getProperty("user.home"));
        assertThat(StoreAccess.file("~/data.mv")).contains(home.resolve("data.mv"));
        assertThat(StoreAccess.file("memFS:data.mv")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%5Cb", "%FF"})
    void aTemporaryFileThatH2WouldMakeElsewhereIsRefused(String name) throws Exception {
        Path odd = Files.createDirectory(Path.of(URI.create(folder.toUri() + name)));
        try (TestMvStore host = new TestMvStore((String) null)) {
            CrashingStoreHost.writeOld(host);
            MvStoreDatabase database = host.builder().build();
            try (var snapshot = database.openSnapshot()) {
                var scratch = database.scratch(odd).orElseThrow();
                assertThatThrownBy(() -> scratch.create(snapshot.header()))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("temporary folder");
            }
            assertThat(DatabaseContents.of(database)).hasSize(2);
        }
        assertThat(odd).isEmptyDirectory();
        assertThat(folder.toFile().list()).hasSize(1);
    }
}
