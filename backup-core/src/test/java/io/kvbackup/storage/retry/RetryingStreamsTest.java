package io.kvbackup.storage.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.contract.StorageFixture;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.OpenStreams;
import io.kvbackup.storage.fake.StorageOperation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryingStreamsTest {
    private static final int SIZE = 1_000_000;
    private static final byte[] CONTENT = StorageFixture.content(5, SIZE);
    private static final RetryPolicy POLICY =
            RetryPolicy.defaults().withAttempts(3).withDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(60));

    private final VirtualTime time = new VirtualTime();
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final CountingStorageClient counting = new CountingStorageClient(memory);
    private final RecordingRanges ranges = new RecordingRanges(counting);
    private final FaultyStorageClient faulty = new FaultyStorageClient(ranges, time::hang);
    private final RetryingStorageClient client = new RetryingStorageClient(faulty, POLICY, time, new Random(1));

    private static final class RecordingRanges extends ForwardingStorageClient {
        private final List<ByteRange> asked = Collections.synchronizedList(new ArrayList<>());

        RecordingRanges(StorageClient delegate) {
            super(delegate);
        }

        @Override
        public InputStream download(StorageObject version, ByteRange range) throws IOException {
            asked.add(range);
            return super.download(version, range);
        }
    }

    @AfterEach
    void close() throws IOException {
        faulty.release();
        client.close();
    }

    @Test
    void brokenDownloadGoesOnWhereItBroke() throws IOException {
        memory.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        faulty.breakDownloadsAfter(0, 1, 300_000, 65_536);

        assertThat(read("a", ByteRange.all())).isEqualTo(CONTENT);
        assertThat(ranges.asked.stream().map(ByteRange::offset)).containsExactly(0L, 0L, 1L, 300_001L, 365_537L);
        assertThat(ranges.asked).allMatch(range -> range.offset() + range.length() == SIZE);
    }

    @Test
    void brokenRangeNeverReadsBeyondItsEnd() throws IOException {
        memory.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        faulty.breakDownloadsAfter(100, 200);

        assertThat(read("a", ByteRange.of(5_000, 1_000))).isEqualTo(Arrays.copyOfRange(CONTENT, 5_000, 6_000));
        assertThat(ranges.asked)
                .containsExactly(ByteRange.of(5_000, 1_000), ByteRange.of(5_100, 900), ByteRange.of(5_300, 700));
    }

    @Test
    void downloadMayBreakAnyNumberOfTimesAsLongAsItGetsOn() throws IOException {
        memory.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        faulty.breakDownloadsAfter(IntStream.range(0, 50).mapToLong(i -> 1_000).toArray());

        assertThat(read("a", ByteRange.all())).isEqualTo(CONTENT);
    }

    @Test
    void downloadThatDoesNotGetOnIsGivenUp() throws IOException {
        memory.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        faulty.breakDownloadsAfter(500, 0, 0, 0);

        assertThatThrownBy(() -> read("a", ByteRange.all()))
                .hasMessageContaining("download a from byte 500: gave up after 3 attempts");
    }

    @Test
    void replacedObjectIsNotMixedIntoADownload() throws IOException {
        memory.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        faulty.breakDownloadsAfter(200_000);

        try (InputStream in = client.download("a", ByteRange.all())) {
            assertThat(in.readNBytes(1_000)).hasSize(1_000);
            memory.upload("a", ContentWriter.of(new byte[SIZE]), PutCondition.none());
            assertThatThrownBy(in::readAllBytes).isInstanceOf(PreconditionFailedException.class);
        }
    }

    @Test
    void t21_hungReadIsGivenUpAndResumed() throws IOException {
        memory.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        faulty.breakDownloadsAfter(-70_000, -5);

        assertThat(read("a", ByteRange.all())).isEqualTo(CONTENT);
        assertThat(ranges.asked.stream().map(ByteRange::offset)).containsExactly(0L, 70_000L, 70_005L);
        assertThat(time.elapsed()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(21));
    }

    @Test
    void downloadCostsOneStatAndOneGet() throws IOException {
        memory.upload("a", ContentWriter.of(CONTENT), PutCondition.none());
        read("a", ByteRange.all());

        assertThat(counting.count(StorageOperation.STAT)).isEqualTo(1);
        assertThat(counting.count(StorageOperation.DOWNLOAD)).isEqualTo(1);
    }

    @Test
    void t16_listingSurvivesAFailureOnEachPage() throws IOException {
        int objects = 100_000;
        for (int i = 0; i < objects; i++) {
            memory.upload(String.format("k/%06d", i), ContentWriter.of(new byte[0]), PutCondition.none());
        }
        Fault[] everyOther = new Fault[2 * (objects / 1_000 + 1)];
        Arrays.setAll(everyOther, i -> i % 2 == 0 ? Fault.BEFORE : Fault.NONE);
        faulty.next(StorageOperation.LIST, everyOther);

        List<String> keys = keys(client, "k/");
        assertThat(keys).hasSize(objects).isSorted().doesNotHaveDuplicates();
        assertThat(time.pauses()).hasSize(objects / 1_000 + 1);
        assertThat(counting.count(StorageOperation.LIST))
                .as("pages asked for")
                .isLessThanOrEqualTo(objects / 1_000 + 2);
    }

    @Test
    void listingThatDoesNotGetOnIsGivenUpAfterWhatItGot() throws IOException {
        for (int i = 0; i < 1_500; i++) {
            memory.upload(String.format("k/%06d", i), ContentWriter.of(new byte[0]), PutCondition.none());
        }
        faulty.next(StorageOperation.LIST, Fault.NONE, Fault.BEFORE, Fault.BEFORE, Fault.BEFORE);

        List<String> got = new ArrayList<>();
        try (Stream<StorageObject> objects = client.list("")) {
            assertThatThrownBy(() -> objects.forEach(object -> got.add(object.key())))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("list '' after 'k/000999': gave up after 3 attempts");
        }
        assertThat(got).hasSize(1_000);
    }

    @Test
    void aListingThatKnowsNoBoundsAndRepeatsItselfShowsEachOnce() throws IOException {
        for (int i = 0; i < 2_500; i++) {
            memory.upload(String.format("k/%06d", i), ContentWriter.of(new byte[0]), PutCondition.none());
        }
        StorageClient boundless = new ForwardingStorageClient(memory) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                Iterator<StorageObject> all = super.list(prefix, "").iterator();
                int[] left = {1_700};
                return Stream.iterate(all, Iterator::hasNext, more -> more).flatMap(more -> {
                    if (left[0]-- == 0 && after.isEmpty()) {
                        throw new UncheckedIOException(new IOException("broken"));
                    }
                    StorageObject next = more.next();
                    return Stream.of(next, next);
                });
            }
        };

        try (RetryingStorageClient other = new RetryingStorageClient(boundless, POLICY, time, new Random(1));
                Stream<StorageObject> objects = other.list("k/")) {
            assertThat(objects.map(StorageObject::key))
                    .containsExactlyElementsOf(
                            memory.list("k/").map(StorageObject::key).toList());
        }
    }

    @Test
    void aListingOutOfOrderIsRefusedAtOnceForGood() throws IOException {
        List<String> asked = new ArrayList<>();
        StorageClient unsorted = new ForwardingStorageClient(memory) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) {
                asked.add(after);
                return Stream.of("a", "c", "b").map(key -> new StorageObject(key, 0, Instant.EPOCH, "1"));
            }
        };
        try (RetryingStorageClient other = new RetryingStorageClient(unsorted, POLICY, time, new Random(1));
                Stream<StorageObject> objects = other.list("")) {
            assertThatThrownBy(objects::toList)
                    .hasRootCauseMessage("list '': the store lists b after c, and not in the order of the names' UTF-8"
                            + " bytes; so what belongs together cannot be told. Use another store, or another kind of"
                            + " bucket; StorageCheck tells more");
        }
        assertThat(asked).containsExactly("");
    }

    @Test
    void listingIsLazy() throws IOException {
        for (int i = 0; i < 3_000; i++) {
            memory.upload("k/" + i, ContentWriter.of(new byte[0]), PutCondition.none());
        }
        try (Stream<StorageObject> objects = client.list("")) {
            assertThat(objects.iterator().next().key()).isEqualTo("k/0");
        }
        assertThat(counting.count(StorageOperation.LIST)).isEqualTo(1);
    }

    /** Who holds a lease meanwhile has to renew it. */
    @Test
    void aSlowListingHandsOnWhatItHasGot() throws IOException {
        for (int i = 0; i < 60; i++) {
            memory.upload("k/" + (10 + i), ContentWriter.of(new byte[1]), PutCondition.none());
        }
        StorageClient slow = new ForwardingStorageClient(memory) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                return super.list(prefix, after).peek(object -> pass(Duration.ofSeconds(1)));
            }
        };
        try (RetryingStorageClient other = new RetryingStorageClient(slow, POLICY, time, new Random(1));
                Stream<StorageObject> objects = other.list("")) {
            Iterator<StorageObject> each = objects.iterator();
            each.next();
            assertThat(time.elapsed()).isLessThan(Duration.ofSeconds(5));
            each.forEachRemaining(object -> {});
            assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(60));
        }
    }

    private void pass(Duration span) {
        try {
            time.sleep(span);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void listingClosedByAnInterruptedThreadIsReleased() throws IOException {
        for (int i = 0; i < 1_001; i++) {
            memory.upload("k/" + i, ContentWriter.of(new byte[0]), PutCondition.none());
        }
        OpenStreams open = new OpenStreams(memory);
        try (StorageClient other = new RetryingStorageClient(open, POLICY)) {
            for (int i = 0; i < 50; i++) {
                Stream<StorageObject> objects = other.list("");
                assertThat(objects.iterator().next().key()).isEqualTo("k/0");
                Thread.currentThread().interrupt();
                try {
                    objects.close();
                    assertThat(Thread.currentThread().isInterrupted()).isTrue();
                } finally {
                    Thread.interrupted();
                }
            }
            open.assertNone();
        }
    }

    static List<String> keys(StorageClient client, String prefix) throws IOException {
        try (Stream<StorageObject> objects = client.list(prefix)) {
            return objects.map(StorageObject::key).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private byte[] read(String key, ByteRange range) throws IOException {
        try (InputStream in = client.download(key, range)) {
            return in.readAllBytes();
        }
    }
}
