package io.kvbackup.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Crash;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration TTL = Duration.ofSeconds(30);

    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final VirtualProcess here = new VirtualProcess(NOW, 5);
    private final VirtualProcess there = new VirtualProcess(NOW.minusSeconds(9_999), -7_000_000_000L);
    private final LeaseStore ours = leases(storage, here, 1);
    private final LeaseStore theirs = leases(storage, there, 2);

    private static LeaseStore leases(StorageClient store, VirtualProcess process, long seed) {
        return new LeaseStore(store, process.time(), new Random(seed));
    }

    private void pass(Duration time) {
        here.pass(time);
        there.pass(time);
    }

    @Test
    void oneHoldsItUntilItIsGivenBack() throws Exception {
        Lease first = ours.tryAcquire("prune", TTL).orElseThrow();
        assertThat(first.isHeld()).isTrue();
        assertThat(theirs.tryAcquire("prune", TTL)).isEmpty();
        assertThat(theirs.tryAcquire("other", TTL)).isPresent();

        first.close();
        Lease second = theirs.tryAcquire("prune", TTL).orElseThrow();

        assertThat(second.token()).isGreaterThan(first.token());
        assertThat(first.isHeld()).isFalse();
        assertThatThrownBy(first::ensureHeld)
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("prune")
                .hasMessageContaining("lost");
        first.close();
        assertThat(second.isHeld()).isTrue();
        assertThat(ours.tryAcquire("prune", TTL)).isEmpty();
    }

    @Test
    void aStepThatTakesTimeNeedsThatMuchOfTheLease() throws Exception {
        FaultyStorageClient faulty = new FaultyStorageClient(storage);
        Lease lease = leases(faulty, here, 3).tryAcquire("prune", TTL).orElseThrow();
        pass(Duration.ofSeconds(23));
        lease.ensureHeldFor(LeasedStorageClient.ATTEMPT);
        pass(Duration.ofSeconds(9));
        lease.ensureHeldFor(LeasedStorageClient.ATTEMPT);
        pass(Duration.ofSeconds(6));
        faulty.next(StorageOperation.UPLOAD, Fault.BEFORE);

        assertThatThrownBy(() -> lease.ensureHeldFor(LeasedStorageClient.ATTEMPT))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("PT10S");
        assertThat(lease.isHeld()).isTrue();
        lease.ensureHeld();
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 30000, 0",
        "1, 9223372036854775807, 0",
        "1, 86400001, 0",
        "1, 30000, 9223372036854775807"
    })
    void aRecordThatWouldStandInTheWayForEverIsDamaged(long token, long ttl, long renewals) throws Exception {
        String record =
                "{\"formatVersion\":1,\"name\":\"prune\",\"token\":" + token + ",\"holder\":\"h\",\"ttlMillis\":" + ttl
                        + ",\"renewals\":" + renewals + ",\"acquiredAt\":\"2026-11-20T12:00:00Z\",\"attributes\":{}}";
        storage.upload("leases/prune.json", ContentWriter.of(record.getBytes(UTF_8)), PutCondition.none());

        assertThatThrownBy(() -> ours.tryAcquire("prune", TTL))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("leases/prune.json");
    }

    @Test
    void aRecordThatIsShownAndNeverGivenIsAFailure() throws Exception {
        ours.acquire("prune", TTL, Duration.ZERO).close();
        StorageClient showing = new ForwardingStorageClient(storage) {
            @Override
            public InputStream download(StorageObject version, ByteRange range) throws IOException {
                throw new NoSuchFileException(version.key());
            }
        };

        assertThatThrownBy(() -> leases(showing, here, 4).tryAcquire("prune", TTL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leases/prune.json")
                .hasMessageContaining("times in a row");
    }

    /** T2: the token goes on, whatever happens between two holders. */
    @Test
    void theTokenOnlyGrowsAndTheRecordStays() throws Exception {
        long last = 0;
        for (int i = 0; i < 5; i++) {
            Lease lease = ours.acquire("prune", TTL, Duration.ZERO);
            assertThat(lease.token()).isGreaterThan(last);
            last = lease.token();
            lease.close();
            assertThat(storage.stat("leases/prune.json")).isPresent();
        }
    }

    /** T14: two objects of one process are two holders. */
    @Test
    void twoOfOneProcessAreTwoHolders() throws Exception {
        LeaseStore again = leases(storage, here, 3);
        assertThat(ours.tryAcquire("prune", TTL)).isPresent();

        assertThat(again.tryAcquire("prune", TTL)).isEmpty();
        assertThat(ours.tryAcquire("prune", TTL)).as("not even itself").isEmpty();
    }

    /** T15: who dies does not block others for ever, and wrong clocks change nothing. */
    @Test
    void aDeadHolderIsOutlastedByWatchingItsRecord() throws Exception {
        assertThat(ours.tryAcquire("prune", TTL)).isPresent();
        pass(Duration.ofDays(1));
        there.setWall(NOW.plus(Duration.ofDays(999)));

        assertThat(theirs.tryAcquire("prune", TTL))
                .as("just seen for the first time")
                .isEmpty();
        there.pass(TTL.minusMillis(1));
        there.setWall(NOW.minus(Duration.ofDays(999)));
        assertThat(theirs.tryAcquire("prune", TTL)).isEmpty();
        there.pass(Duration.ofMillis(1));
        assertThat(theirs.tryAcquire("prune", TTL)).isPresent();
    }

    @Test
    void waitingOutlastsADeadHolderButNotALivingOne() throws Exception {
        Lease living = ours.tryAcquire("prune", TTL).orElseThrow();
        assertThatThrownBy(() -> theirs.acquire("prune", TTL, TTL.minusSeconds(5)))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("held by another")
                .hasMessageContaining("2026-11-20T12:00:00Z");
        living.renew();

        Lease next = theirs.acquire("prune", TTL, TTL.plusSeconds(5));

        assertThat(next.token()).isEqualTo(living.token() + 1);
        assertThat(there.elapsed()).isLessThan(TTL.multipliedBy(2).plusSeconds(6));
    }

    @Test
    void aHolderThatRenewsKeepsIt() throws Exception {
        Lease lease = ours.tryAcquire("prune", TTL).orElseThrow();
        for (int i = 0; i < 100; i++) {
            pass(TTL.dividedBy(2));
            lease.ensureHeld();
            assertThat(theirs.tryAcquire("prune", TTL)).isEmpty();
        }
    }

    @Test
    void lookingCostsNothingUntilAThirdOfTheTimeHasPassed() throws Exception {
        CountingStorageClient counting = new CountingStorageClient(storage);
        Lease lease = leases(counting, here, 4).tryAcquire("prune", TTL).orElseThrow();
        assertThat(counting.total()).as("stat and upload").isEqualTo(2);
        for (int i = 0; i < 9; i++) {
            here.pass(Duration.ofSeconds(1));
            lease.ensureHeld();
        }
        assertThat(counting.total()).isEqualTo(2);
        here.pass(Duration.ofSeconds(1));
        lease.ensureHeld();
        assertThat(counting.total()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHolderThatSleptTooLongFailsClosed(boolean suspended) throws Exception {
        Lease lease = ours.tryAcquire("prune", TTL).orElseThrow();
        if (suspended) {
            here.suspend(TTL);
        } else {
            here.pass(TTL.multipliedBy(4).dividedBy(5));
        }

        assertThat(lease.isHeld()).isFalse();
        assertThatThrownBy(lease::ensureHeld).isInstanceOf(PreconditionFailedException.class);
        assertThatThrownBy(() -> lease.update(Map.of("a", "b"))).isInstanceOf(PreconditionFailedException.class);
        here.setWall(NOW.minusSeconds(1_000));
        assertThat(lease.isHeld()).as("once lost, lost for good").isFalse();
    }

    @Test
    void aClockThatIsSetBackDoesNotExtendIt() throws Exception {
        Lease lease = ours.tryAcquire("prune", TTL).orElseThrow();
        here.setWall(NOW.minusSeconds(3_600));
        here.pass(TTL);

        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    void attributesOutliveTheirHolder() throws Exception {
        Lease lease = ours.tryAcquire("nightly", TTL).orElseThrow();
        lease.update(Map.of("slot", "1", "note", "ä\"\n"));
        lease.update(Map.of("slot", "2"));
        lease.close();

        assertThat(theirs.read("nightly").orElseThrow().attributes()).isEqualTo(Map.of("slot", "2", "note", "ä\"\n"));
        assertThat(theirs.tryAcquire("nightly", TTL).orElseThrow().attributes()).containsEntry("slot", "2");
        assertThat(theirs.read("unknown")).isEmpty();
    }

    @Test
    void aRenewalWhoseReplyWasLostIsRecognised() throws Exception {
        FaultyStorageClient faulty = new FaultyStorageClient(storage);
        Lease lease = leases(faulty, here, 5).tryAcquire("prune", TTL).orElseThrow();
        faulty.next(StorageOperation.UPLOAD, Fault.AFTER);

        assertThatThrownBy(lease::renew).isInstanceOf(IOException.class);
        lease.renew();

        assertThat(lease.isHeld()).isTrue();
        pass(TTL.minusSeconds(1));
        assertThat(theirs.tryAcquire("prune", TTL)).isEmpty();
    }

    @Test
    void aStoreThatFailsForAWhileDoesNotLoseIt() throws Exception {
        FaultyStorageClient faulty = new FaultyStorageClient(storage);
        Lease lease = leases(faulty, here, 6).tryAcquire("prune", TTL).orElseThrow();
        here.pass(TTL.dividedBy(2));
        faulty.next(StorageOperation.UPLOAD, Fault.BEFORE);

        lease.ensureHeld();

        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    void whatWasTakenOverCannotBeRenewed() throws Exception {
        Lease lease = ours.tryAcquire("prune", TTL).orElseThrow();
        theirs.tryAcquire("prune", TTL);
        there.pass(TTL);
        Lease next = theirs.tryAcquire("prune", TTL).orElseThrow();

        assertThatThrownBy(lease::renew).isInstanceOf(PreconditionFailedException.class);
        assertThat(lease.isHeld()).isFalse();
        lease.close();
        next.ensureHeld();
        assertThat(theirs.read("prune").orElseThrow().token()).isEqualTo(next.token());
    }

    @Test
    void ofManyThatAskAtOnceOneGetsIt(@TempDir Path folder) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (FileStorageClient files = new FileStorageClient(folder)) {
            for (StorageClient store : List.of(storage, files)) {
                for (int round = 0; round < 20; round++) {
                    CyclicBarrier start = new CyclicBarrier(8);
                    List<Callable<Optional<Lease>>> all = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        LeaseStore leases = leases(store, here, round * 8 + i);
                        all.add(() -> {
                            start.await();
                            return leases.tryAcquire("prune", TTL);
                        });
                    }
                    List<Lease> got = new ArrayList<>();
                    for (Future<Optional<Lease>> each : threads.invokeAll(all)) {
                        each.get().ifPresent(got::add);
                    }
                    assertThat(got).hasSize(1);
                    assertThat(got.get(0).token()).isEqualTo(round + 1);
                    got.get(0).close();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aDeathAtAnyRequestDelaysOthersByTheTimeToLiveAtMost() throws Exception {
        CountingStorageClient counting = new CountingStorageClient(new MemoryStorageClient());
        work(counting, here);
        for (Moment moment : Moment.values()) {
            for (int request = 1; request <= counting.total(); request++) {
                MemoryStorageClient store = new MemoryStorageClient();
                CountingStorageClient dying = new CountingStorageClient(store).crashAt(request, moment);
                assertThat(catchThrowable(() -> work(dying, here))).isInstanceOf(Crash.class);

                VirtualProcess next = new VirtualProcess(NOW, 0);
                LeaseStore survivor = leases(store, next, 7);
                long before = survivor.read("prune").map(lease -> lease.token()).orElse(0L);
                Lease lease = survivor.acquire("prune", TTL, TTL);

                assertThat(lease.token()).isEqualTo(before + 1);
                assertThat(next.elapsed()).isLessThanOrEqualTo(TTL.plusSeconds(1));
            }
        }
    }

    private static void work(StorageClient store, VirtualProcess process) throws IOException {
        LeaseStore leases = leases(store, process, 8);
        try (Lease lease = leases.acquire("prune", TTL, Duration.ZERO)) {
            lease.update(Map.of("slot", "1"));
            process.pass(TTL.dividedBy(2));
            lease.ensureHeld();
        }
        leases.tryAcquire("prune", TTL).orElseThrow().renew();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> ours.tryAcquire("a/b", TTL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ours.tryAcquire("x".repeat(1000), TTL)).isInstanceOf(IllegalArgumentException.class);
        for (Duration ttl : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(1), Duration.ofDays(2))) {
            assertThatThrownBy(() -> ours.acquire("prune", ttl, TTL))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(ttl.toString());
        }
        assertThatThrownBy(() -> ours.tryAcquire("prune", TTL).orElseThrow().update(Map.of("a", "x".repeat(70_000))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "{\"formatVersion\":2}",
                "{\"formatVersion\":1,\"name\":\"prune\",\"token\":1.5,\"holder\":null,\"ttlMillis\":1,"
                        + "\"renewals\":0,\"acquiredAt\":\"2026-11-20T12:00:00Z\"}",
                "{\"formatVersion\":1,\"name\":\"prune\",\"token\":1,\"holder\":null,\"ttlMillis\":0,\"renewals\":0,"
                        + "\"acquiredAt\":\"2026-11-20T12:00:00Z\"}",
                "{\"formatVersion\":1,\"name\":\"other\",\"token\":1,\"holder\":null,\"ttlMillis\":1,\"renewals\":0,"
                        + "\"acquiredAt\":\"2026-11-20T12:00:00Z\"}"
            })
    void aRecordThatIsNoneIsNotOverwritten(String record) throws Exception {
        storage.upload("leases/prune.json", ContentWriter.of(record.getBytes(UTF_8)), PutCondition.none());

        assertThatThrownBy(() -> ours.tryAcquire("prune", TTL))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("leases/prune.json");
    }
}
