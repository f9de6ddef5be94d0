package io.kvbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupNameTest {
    @Test
    void namesCarryMillisecondsEvenOfAWholeSecond() {
        BackupName name = BackupName.of("orders", Instant.parse("2026-11-20T12:00:00Z"), FormatChain.parse("cbor.zst"));

        assertThat(name.objectName()).isEqualTo("backups/orders/2026-11-20T12:00:00.000Z.cbor.zst");
        assertThat(BackupName.parse(name.objectName()).orElseThrow().timestamp())
                .isEqualTo(name.timestamp());
    }

    @ParameterizedTest
    @CsvSource({
        "backups/orders/20261120-120000.json, orders, 2026-11-20T12:00:00Z, json",
        "backups/full/2026-11-20T12:00:00Z.json.gz, full, 2026-11-20T12:00:00Z, json.gz",
        "backups/my db/2026-11-20T13:00:00.123456+01:00.tar.bz2.gz, my db, 2026-11-20T12:00:00.123456Z, tar.bz2.gz",
    })
    void readsNamesOfOtherWriters(String objectName, String database, Instant timestamp, String chain) {
        BackupName name = BackupName.parse(objectName).orElseThrow();

        assertThat(name.database()).isEqualTo(database);
        assertThat(name.timestamp()).isEqualTo(timestamp);
        assertThat(name.chain()).hasToString(chain);
        assertThat(name.objectName()).isEqualTo(objectName);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backups/orders/2026-11-20T12:00:00.000Z.cbor.zst.manifest.json",
                "backups/orders/notes.txt",
                "backups/orders/20261320-120000.json",
                "backups/orders/20261120-120000",
                "backups/orders/20261120-120000.zip",
                "backups/a/b/20261120-120000.json",
                "elsewhere/orders/20261120-120000.json",
            })
    void takesNothingElseForABackup(String objectName) {
        assertThat(BackupName.parse(objectName)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "full", "a/b", ".", "..", "a\nb", "a\u0000b", "\ud800"})
    void refusesDatabaseNamesThatCannotBeFiled(String name) {
        assertThatThrownBy(() -> BackupName.requireDatabaseName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("choose another");
    }

    @Test
    void findsTheChainOfAnyFileName() {
        assertThat(FormatChain.ofFileName("x/export-7.2026.json.gz")).hasToString("json.gz");
        assertThatThrownBy(() -> FormatChain.ofFileName("backups/orders/readme.txt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("known archive format");
        assertThatThrownBy(() -> FormatChain.parse("cbor.rar"))
                .hasMessageContaining("rar")
                .hasMessageContaining("zst");
        assertThatThrownBy(() -> FormatChain.parse("yaml"))
                .hasMessageContaining("yaml")
                .hasMessageContaining("cbor");
    }
}
