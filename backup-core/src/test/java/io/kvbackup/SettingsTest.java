package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.StorageUri;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @Test
    void t18_anUnknownPropertyIsAnErrorThatNamesTheNearestKnownOne() {
        assertThatThrownBy(() -> Settings.ofProperties(Map.of("kvbackup.s3.acces-key", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kvbackup.s3.acces-key")
                .hasMessageContaining("'kvbackup.s3.access-key'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "KVBACKUP_S3_ACCESS_KEY",
                "Kvbackup.s3.access-key",
                "kvbackup_s3_access-key",
                "kvbackup.s3.accessKey",
                "kvbackup.s3.access_key"
            })
    void anotherSpellingIsTheSameSettingInEverySource(String name) {
        for (Settings settings :
                List.of(Settings.ofProperties(Map.of(name, "hush")), Settings.ofEnvironment(Map.of(name, "hush")))) {
            assertThat(settings.get(Settings.Key.S3_ACCESS_KEY)).contains("hush");
            assertThat(settings.name(Settings.Key.S3_ACCESS_KEY)).isEqualTo(name);
        }
    }

    @Test
    void oneSettingInTwoSpellingsIsRefusedUnlessTheyAgree() {
        assertThatThrownBy(() ->
                        Settings.ofProperties(Map.of("kvbackup.upload-limit", "1MiB", "kvbackup.uploadLimit", "2MiB")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'kvbackup.upload-limit'", "'kvbackup.uploadLimit'", "remove one of them");
        assertThat(Settings.ofProperties(Map.of("kvbackup.upload-limit", "1MiB", "kvbackup.uploadLimit", "1MiB"))
                        .bytes(Settings.Key.UPLOAD_LIMIT))
                .hasValue(1 << 20);
    }

    @Test
    void messagesNameTheSettingAsItWasWritten() {
        assertThatThrownBy(() -> Settings.ofEnvironment(Map.of("KVBACKUP_UPLOAD_LIMIT", "fast"))
                        .bytes(Settings.Key.UPLOAD_LIMIT))
                .hasMessageContaining("setting KVBACKUP_UPLOAD_LIMIT is 'fast'");
        assertThatThrownBy(() -> Settings.ofProperties(Map.of("kvbackup.fullScanEvery", "often"))
                        .duration(Settings.Key.FULL_SCAN_EVERY))
                .hasMessageContaining("setting kvbackup.fullScanEvery is 'often'");
    }

    @Test
    void anUnknownVariableIsToldOfAndAGuessIsMadeOnlyIfItIsNear() {
        try (LogLines log = new LogLines()) {
            assertThat(Settings.ofEnvironment(Map.of(
                                    "KVBACKUP_STORAG", "mem:x", "KVBACKUP_PORT_80_TCP_PROTO", "tcp", "PORT", "80"))
                            .storage())
                    .isEmpty();
            assertThat(log.warnings("did you mean 'KVBACKUP_STORAGE'?")).hasSize(1);
            assertThat(log.warnings("'KVBACKUP_PORT_80_TCP_PROTO'; it is passed over"))
                    .hasSize(1);
        }
    }

    @Test
    void whoMeansToEncryptDoesNotGoWithoutForATypingError() {
        assertThatThrownBy(() -> Settings.ofEnvironment(Map.of("KVBACKUP_ENCRYPTION_PASSWORD", "hush")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown setting 'KVBACKUP_ENCRYPTION_PASSWORD'")
                .message()
                .doesNotContain("hush");
    }

    @Test
    void otherPeoplesSettingsArePassedOver() {
        assertThat(Settings.ofProperties(Map.of("server.port", "80")).storage()).isEmpty();
        assertThat(Settings.ofEnvironment(Map.of("PATH", "/bin")).storage()).isEmpty();
    }

    @Test
    void s3SettingsMakeAStore() {
        Settings settings = Settings.ofEnvironment(Map.of(
                "KVBACKUP_S3_BUCKET", "bucket",
                "KVBACKUP_S3_ENDPOINT", "http://localhost:9000",
                "KVBACKUP_S3_ACCESS_KEY", "id",
                "KVBACKUP_S3_SECRET_KEY", "hush",
                "KVBACKUP_S3_REGION", "eu-west-1"));

        StorageUri uri = settings.storage().orElseThrow();

        assertThat(uri.scheme()).isEqualTo("s3");
        assertThat(uri.authority()).isEqualTo("bucket");
        assertThat(uri.options())
                .containsOnly(
                        Map.entry("endpoint", "http://localhost:9000"),
                        Map.entry("accessKey", "id"),
                        Map.entry("secretKey", "hush"),
                        Map.entry("region", "eu-west-1"));
        assertThat(uri.toString() + settings).doesNotContain("hush");
    }

    @Test
    void s3CanBeSwitchedOff() {
        Settings settings =
                Settings.ofProperties(Map.of("kvbackup.s3.bucket", "bucket", "kvbackup.s3.enabled", "false"));

        assertThat(settings.storage()).isEmpty();
    }

    @Test
    void s3SwitchedOnWithoutABucketSaysWhatIsMissing() {
        Settings settings = Settings.ofProperties(Map.of("kvbackup.s3.enabled", "true"));

        assertThatThrownBy(settings::storage).hasMessageContaining("kvbackup.s3.bucket is missing");
    }

    @Test
    void aFlagIsTrueOrFalse() {
        Settings settings = Settings.ofProperties(Map.of("kvbackup.spool", "yes"));

        assertThatThrownBy(() -> settings.flag(Settings.Key.SPOOL)).hasMessageContaining("'yes'");
    }

    @Test
    void aSizeIsANumberOfBytesWithOrWithoutAUnit() {
        Settings settings =
                Settings.ofProperties(Map.of("kvbackup.upload-limit", "8MiB", "kvbackup.download-limit", "500000"));

        assertThat(settings.bytes(Settings.Key.UPLOAD_LIMIT)).hasValue(8 << 20);
        assertThat(settings.bytes(Settings.Key.DOWNLOAD_LIMIT)).hasValue(500_000);
        for (String wrong : List.of("fast", "8MB", "-1", "1.5MiB", "12345678901")) {
            assertThatThrownBy(() -> Settings.ofProperties(Map.of("kvbackup.upload-limit", wrong))
                            .bytes(Settings.Key.UPLOAD_LIMIT))
                    .hasMessageContaining("'" + wrong + "'");
        }
    }

    @Test
    void propertiesGoBeforeTheEnvironmentAndEmptyMeansNotGiven() {
        Settings properties = Settings.ofProperties(Map.of("kvbackup.storage", "mem:a", "kvbackup.format", " "));
        Settings environment = Settings.ofEnvironment(Map.of("KVBACKUP_STORAGE", "mem:b", "KVBACKUP_FORMAT", "json"));

        Settings merged = properties.orElse(environment);

        assertThat(merged.storage()).contains(StorageUri.parse("mem:a"));
        assertThat(merged.get(Settings.Key.FORMAT)).contains("json");
    }

    @Test
    void aStoreOfTheEnvironmentDoesNotReplaceOneOfTheProperties() {
        Settings properties = Settings.ofProperties(Map.of("kvbackup.s3.bucket", "mine"));
        Settings environment = Settings.ofEnvironment(Map.of(
                "KVBACKUP_STORAGE", "mem:other", "KVBACKUP_S3_SECRET_KEY", "hush", "KVBACKUP_S3_ACCESS_KEY", "id"));

        StorageUri uri = properties.orElse(environment).storage().orElseThrow();

        assertThat(uri.authority()).isEqualTo("mine");
        assertThat(uri.options()).containsKeys("accessKey", "secretKey");
    }

    @Test
    void twoStoresInOneSourceAreRefused() {
        Settings settings =
                Settings.ofProperties(Map.of("kvbackup.s3.bucket", "mine", "kvbackup.storage", "mem:other"));

        assertThatThrownBy(settings::storage)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kvbackup.s3.enabled");
    }

    @Test
    void timesHaveAUnit() {
        Map<String, Duration> right = Map.of(
                "7d",
                Duration.ofDays(7),
                "12h",
                Duration.ofHours(12),
                "30m",
                Duration.ofMinutes(30),
                "0s",
                Duration.ZERO);
        right.forEach((text, time) -> assertThat(Settings.ofProperties(Map.of("kvbackup.full-scan-every", text))
                        .duration(Settings.Key.FULL_SCAN_EVERY))
                .contains(time));
        for (String wrong : List.of("7", "7 days", "-1d", "P7D", "1.5h", "1234567d")) {
            assertThatThrownBy(() -> Settings.ofProperties(Map.of("kvbackup.full-scan-every", wrong))
                            .duration(Settings.Key.FULL_SCAN_EVERY))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("kvbackup.full-scan-every")
                    .hasMessageContaining(wrong);
        }
    }
}
