package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.faults.FaultReport;
import io.kvbackup.faults.FaultRun;
import io.kvbackup.faults.FaultySetup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.FaultMix;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.retry.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The snippet of CONTRIBUTING about backups on a store that fails. */
class FaultSnippetsTest {
    @Test
    void runsBackupsOnAStoreThatFails() throws Exception {
        long seed = 1;
        StorageClient mine = new MemoryStorageClient();
        RetryPolicy policy = RetryPolicy.defaults()
                .withDelays(Duration.ofMillis(1), Duration.ofMillis(1), 0)
                .withDeadlines(Duration.ofSeconds(1), Duration.ofMinutes(1));
        // region fault-run
        FaultyStorageClient faulty = new FaultyStorageClient(mine).failRandomly(seed, FaultMix.everything(0.2));
        Duration patience = Duration.ofMinutes(2); // for one backup or restore
        FaultySetup setup = new FaultySetup(faulty, mine, policy, patience, true, 300_000);
        FaultReport report = new FaultRun(seed, setup).run(6); // throws if a backup or restore breaks a promise
        // endregion
        assertThat(report.toString()).isNotEmpty();
    }
}
