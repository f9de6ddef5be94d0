package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageProvidersTest {
    private record Provider(Set<String> schemes, Set<String> optionNames) implements StorageClientProvider {
        @Override
        public StorageClient open(StorageUri uri, Map<String, String> options) {
            return new MemoryStorageClient();
        }
    }

    @Test
    void fileUriOpensTheFolder(@TempDir Path folder) throws IOException {
        try (StorageClient client = StorageClient.open(StorageUri.parse("file://" + folder + "/with%20space"))) {
            client.upload("a", ContentWriter.of(new byte[2]), PutCondition.none());
        }
        assertThat(folder.resolve("with space/a")).hasSize(2);
    }

    @Test
    void relativeFileUriIsBelowTheWorkingFolder() throws IOException {
        try (StorageClient client = StorageClient.open(StorageUri.parse("file:some/folder"))) {
            assertThat(client).hasToString("file:" + Path.of("some/folder").toAbsolutePath());
        }
    }

    @Test
    void memUriOpensTheSameStoreEachTime() throws IOException {
        try (StorageClient client = StorageClient.open(StorageUri.parse("mem:by-uri"))) {
            client.upload("a", ContentWriter.of(new byte[2]), PutCondition.none());
        }
        try (StorageClient client = StorageClient.open(StorageUri.parse("mem://by-uri"))) {
            assertThat(client.stat("a")).isPresent();
        }
    }

    @Test
    void memUriWithoutANameIsRefused() {
        StorageUri nameless = new StorageUri("mem", "", "", Map.of());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> StorageClient.open(nameless))
                .withMessageContaining("names no store");
    }

    @ParameterizedTest
    @CsvSource({
        "file://host/folder,     names a host",
        "file:~/backups,         in full",
        "file:%00,               not a folder name",
        "ftp://host/x,           'no provider for storage scheme ''ftp''; known here: file, mem'",
        "file:///x?fsync=no,     unknown option 'fsync'",
        "mem:x?size=3,           has no options",
    })
    void t18_whatIsNotUnderstoodIsRefused(String uri, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StorageClient.open(StorageUri.parse(uri)))
                .withMessageContaining(reason);
    }

    @Test
    void t18_refusalOfAnOptionNamesTheKnownOnesAndNoSecret() {
        StorageUri uri = StorageUri.parse("s3://b?reigon=SECRET");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> StorageProviders.refuseUnknownOptions(uri, Set.of("region", "endpoint")))
                .withMessageContaining("unknown option 'reigon' for s3://b/")
                .withMessageContaining("known: endpoint, region")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("SECRET"));
    }

    /** As in a fat jar whose service files were not merged. */
    @Test
    void aProviderThatIsHereButInNoServiceFileIsToldSo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StorageProviders.provider("file", List.of()))
                .withMessageContaining("FileStorageProvider is here, but no service file names it")
                .withMessageContaining("META-INF/services/io.kvbackup.storage.StorageClientProvider")
                .withMessageContaining("ServicesResourceTransformer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StorageProviders.provider("s3", List.of()))
                .withMessageContaining("backup-s3 for s3")
                .withMessageContaining("merge the files META-INF/services");
    }

    @Test
    void twoProvidersForOneSchemeAreRefused() {
        List<StorageClientProvider> providers =
                List.of(new Provider(Set.of("x", "y"), Set.of()), new Provider(Set.of("y"), Set.of()));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> StorageProviders.provider("x", providers))
                .withMessageContaining("two providers for scheme 'y'")
                .withMessageContaining("remove one");
    }

    @Test
    void oneProviderMayServeSeveralSchemes() {
        Provider provider = new Provider(Set.of("x", "y"), Set.of());

        assertThat(StorageProviders.provider("y", List.of(provider))).isSameAs(provider);
    }
}
