package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StorageCheckExampleTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void aGoodStorePasses() {
        assertThat(run("--storage", "mem:checked")).as(report()).isZero();

        assertThat(report()).contains("Full check of", "good for backups", "1050 objects");
    }

    @Test
    @Tag("thorough")
    void aServerWhoseConditionsRaceIsNeverUnfit() throws IOException {
        try (LoopbackS3 server = LoopbackS3.start()) {
            // The conditions of this server race, so now and then it is for a single writer only.
            assertThat(run("--quick", "--seconds", "300", "--storage", server.uri()))
                    .as(report())
                    .isIn(0, 3);
        }
        assertThat(report()).contains("Quick check of").doesNotContain("secretKey");
    }

    @Test
    void aStoreThatCannotBeReachedFails() {
        assertThat(run("--quick", "--seconds", "30", "--storage", "file:/dev/null/x"))
                .isEqualTo(1);
        assertThat(report()).contains("NOT FIT");
    }

    @Test
    void wrongArgumentsAreRefused() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("--storage", "ftp://x")).isEqualTo(1);
    }

    @Test
    void theSnippetsOfTheReadmeWork() throws IOException {
        StorageClient client = new MemoryStorageClient();
        // region storage-check
        StorageReport report = StorageCheck.full().run(client); // a minute at most; quick() for the start of a program
        System.out.println(report); // a table for people
        if (report.verdict() != StorageReport.Verdict.GOOD) { // SINGLE_WRITER or UNFIT
            StorageReport.Finding races =
                    report.finding(StorageReport.Criterion.CREATE_RACE).orElseThrow();
            System.out.println(races.outcome() + ": " + races.observed() + ". " + races.meaning());
        }
        // endregion
        assertThat(report.verdict()).isEqualTo(StorageReport.Verdict.GOOD);

        MapDatabase orders = MapDatabase.builder("orders")
                .set("items", new ConcurrentHashMap<>(Map.of("a", "1")), Codec.utf8(), Codec.utf8())
                .build();
        String storage = "mem:start-up-check";
        // region start-up-check
        BackupManager checked = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .checkStorage(StorageCheck.quick()) // build() throws UnfitStorageException with the report
                .exclusiveWriter(true) // only if no other process ever writes there, and the store keeps no conditions
                .build();
        // endregion
        checked.backupDatabase("orders");
        checked.close();

        // region limits
        BackupManager limited = BackupManager.builder()
                .storage(storage)
                .database(orders)
                .uploadLimit(5_000_000) // bytes per second, shared by all that run at the same time
                .downloadLimit(20_000_000)
                .build();
        // endregion
        limited.backupDatabase("orders");
        limited.close();
    }

    private int run(String... arguments) {
        return new StorageCheckExample(new PrintStream(printed, true, StandardCharsets.UTF_8)).run(arguments);
    }

    private String report() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
