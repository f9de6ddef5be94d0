package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.Sleeper;
import io.kvbackup.repository.log.LogNames;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop that is interrupted while the log is being read leaves nothing behind. */
class InterruptedStopTest {
    @TempDir
    Path folder;

    private final CountDownLatch reading = new CountDownLatch(1);
    private final MemoryStorageClient store = new MemoryStorageClient();
    private final LeaseTime time = new LeaseTime(Clock.systemUTC(), System::nanoTime, Sleeper.SYSTEM);

    @Test
    void theLeaseIsGivenBack() throws Exception {
        Setup setup = new Setup(
                "orders",
                new HangingLog(),
                ReplicationOptions.defaults(),
                Map.of(ReplicationOptions.OWN_STORE, store),
                (request, stores) -> Map.of(),
                time,
                folder,
                BackupKeys.none(),
                new SecureRandom());
        Replicator replicator = new Replicator(setup, "h", false, Optional.empty(), (state, problem) -> {});
        replicator.start();
        reading.await();

        Thread.currentThread().interrupt();
        assertThatThrownBy(replicator::stop).isInstanceOf(InterruptedIOException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(replicator.state()).isEqualTo(Replication.State.STOPPED);
        assertThat(new LeaseStore(store, time, new SecureRandom())
                        .tryAcquire(LogNames.lease("orders"), Duration.ofSeconds(30)))
                .isPresent();
    }

    /** Its reader waits until it is interrupted, and keeps the flag, as channels do. */
    private final class HangingLog implements ChangeLog {
        private final FakeLog log = new FakeLog("h", Clock.systemUTC());

        @Override
        public String history() {
            return log.history();
        }

        @Override
        public long position() {
            return log.position();
        }

        @Override
        public byte[] proof(long position) throws IOException {
            return log.proof(position);
        }

        @Override
        public ChangeReader open(long after) {
            return new ChangeReader() {
                @Override
                public boolean read(ChangeVisitor to, long maxBytes) throws IOException {
                    reading.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new InterruptedIOException("interrupted");
                }

                @Override
                public void close() {}
            };
        }
    }
}
