package io.kvbackup.storage.check;

import static io.kvbackup.storage.check.StorageReport.Criterion.ATOMIC_VISIBILITY;
import static io.kvbackup.storage.check.StorageReport.Criterion.CLEAN_ABORT;
import static io.kvbackup.storage.check.StorageReport.Criterion.CLEAN_UP;
import static io.kvbackup.storage.check.StorageReport.Criterion.CLOCK;
import static io.kvbackup.storage.check.StorageReport.Criterion.COPY;
import static io.kvbackup.storage.check.StorageReport.Criterion.CREATE_IF_ABSENT;
import static io.kvbackup.storage.check.StorageReport.Criterion.CREATE_RACE;
import static io.kvbackup.storage.check.StorageReport.Criterion.DELETE_IDEMPOTENCE;
import static io.kvbackup.storage.check.StorageReport.Criterion.EMPTY_OBJECT;
import static io.kvbackup.storage.check.StorageReport.Criterion.LARGE_OBJECT;
import static io.kvbackup.storage.check.StorageReport.Criterion.LISTING_ORDER;
import static io.kvbackup.storage.check.StorageReport.Criterion.LISTING_PAGES;
import static io.kvbackup.storage.check.StorageReport.Criterion.ODD_KEYS;
import static io.kvbackup.storage.check.StorageReport.Criterion.PINNED_DOWNLOADS;
import static io.kvbackup.storage.check.StorageReport.Criterion.RANGES;
import static io.kvbackup.storage.check.StorageReport.Criterion.READ_AFTER_WRITE;
import static io.kvbackup.storage.check.StorageReport.Criterion.REPLACE_IF_MATCH;
import static io.kvbackup.storage.check.StorageReport.Criterion.REPLACE_RACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.check.StorageReport.Criterion;
import io.kvbackup.storage.check.StorageReport.Finding.Outcome;
import io.kvbackup.storage.check.StorageReport.Verdict;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StorageCheckTest {
    /** Whose large objects are smaller than most, to race with many of them. */
    private final StorageClient memory = new ForwardingStorageClient(new MemoryStorageClient()) {
        @Override
        public StorageTraits traits() {
            return super.traits().withPartSize(300_000);
        }
    };

    private static Arguments defect(String name, Criterion found, UnaryOperator<StorageClient> breaking) {
        return arguments(name, found, breaking);
    }

    static Stream<Arguments> defects() {
        return Stream.of(
                defect("stale reads", READ_AFTER_WRITE, BrokenStores::readingStale),
                defect("stale listings", READ_AFTER_WRITE, BrokenStores::listingStale),
                defect("more kept than sent", READ_AFTER_WRITE, BrokenStores::keepingFrames),
                defect("no empty objects", EMPTY_OBJECT, BrokenStores::droppingEmptyObjects),
                defect("visible too early", ATOMIC_VISIBILITY, BrokenStores::showingEarly),
                defect("remains", CLEAN_ABORT, BrokenStores::keepingRemains),
                defect("hidden failures", CLEAN_ABORT, BrokenStores::hidingFailures),
                defect("no ranges", RANGES, BrokenStores::ignoringRanges),
                defect("no versions", PINNED_DOWNLOADS, BrokenStores::ignoringVersions),
                defect("wrong order", LISTING_ORDER, BrokenStores::listingBackwards),
                defect("one page", LISTING_PAGES, BrokenStores::listingOnePage),
                defect("swapped pages", LISTING_PAGES, BrokenStores::swappingPages),
                defect("404 for deletions", DELETE_IDEMPOTENCE, BrokenStores::missingTheDeleted),
                defect(
                        "no If-None-Match",
                        CREATE_IF_ABSENT,
                        s -> BrokenConditions.ignoring(PutCondition.IfAbsent.class, s)),
                defect("no If-Match", REPLACE_IF_MATCH, s -> BrokenConditions.ignoring(PutCondition.IfMatch.class, s)),
                defect("two creators", CREATE_RACE, s -> BrokenConditions.racing(PutCondition.IfAbsent.class, s)),
                defect("two replacers", REPLACE_RACE, s -> BrokenConditions.racing(PutCondition.IfMatch.class, s)),
                defect("refused keys", ODD_KEYS, s -> BrokenStores.refusingKeys("\\", s)),
                defect("refused long keys", ODD_KEYS, s -> BrokenStores.refusingKeys("longerlonger", s)),
                defect("no copies", COPY, BrokenStores::refusingCopies),
                defect("damage", LARGE_OBJECT, BrokenStores::damagingLargeObjects),
                defect("late clock", CLOCK, s -> BrokenStores.skewed(Duration.ofMinutes(-3), s)),
                defect("early clock", CLOCK, s -> BrokenStores.skewed(Duration.ofHours(9), s)),
                defect("some not removed", CLEAN_UP, s -> BrokenStores.keeping("/pages/00007", s)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    @Tag("thorough")
    void everyDefectIsFoundByExactlyItsCriterion(String name, Criterion found, UnaryOperator<StorageClient> breaking)
            throws IOException {
        StorageReport report = StorageCheck.full().run(breaking.apply(memory));

        assertThat(wrong(report)).as(report.toString()).containsExactly(found);
        assertThat(report.toString()).contains(found.title()).contains(found.consequence());
        if (found != CLEAN_UP) {
            assertNothingLeft();
        }
        if (found.isQuick() && found != CLEAN_UP) {
            StorageReport quick = StorageCheck.quick().run(breaking.apply(memory));
            assertThat(wrong(quick)).as(quick.toString()).containsExactly(found);
        }
    }

    private static Set<Criterion> wrong(StorageReport report) {
        return report.findings().stream()
                .filter(finding -> finding.outcome() == Outcome.FAILED || finding.outcome() == Outcome.WARNING)
                .map(StorageReport.Finding::criterion)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Criterion.class)));
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<StorageObject> objects = memory.list("")) {
            assertThat(objects).isEmpty();
        }
    }

    @Test
    void aGoodStorePassesEverything(@TempDir Path folder) throws IOException {
        try (StorageClient files = new FileStorageClient(folder)) {
            for (StorageClient store : List.of(memory, files)) {
                StorageReport report = StorageCheck.full().run(store);

                assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.GOOD);
                assertThat(report.findings())
                        .extracting(StorageReport.Finding::criterion)
                        .containsExactly(Criterion.values());
                assertThat(report.findings()).allMatch(finding -> finding.outcome() == Outcome.PASSED);
                assertThat(report.uploadBytesPerSecond()).isPresent();
                assertThat(report.toString()).contains("good for backups", "MB/s up", "1050 objects");
            }
        }
        assertNothingLeft();
    }

    @Test
    void whatCanBeRemovedIsRemovedAndTheRestIsNamed() throws IOException {
        StorageReport report = StorageCheck.full().run(BrokenStores.keeping("/pages/0000", memory));

        assertThat(report.finding(CLEAN_UP).orElseThrow().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(report.finding(CLEAN_UP).orElseThrow().observed())
                .contains("10 could not be removed", "/pages/00000, ", "403 Forbidden");
        try (Stream<StorageObject> objects = memory.list("")) {
            assertThat(objects).hasSize(10).allMatch(object -> object.key().contains("/pages/0000"));
        }
    }

    @Test
    void aListingThatFailsKeepsNothingFromBeingRemoved() throws IOException {
        StorageClient blind = new ForwardingStorageClient(memory) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                throw new IOException("501 Not Implemented");
            }
        };
        StorageReport report = StorageCheck.full().run(blind);

        assertThat(report.finding(CLEAN_UP).orElseThrow().observed()).contains("cannot be listed: 501");
        assertNothingLeft();
    }

    @Test
    void aStoreWithoutConditionsIsForASingleWriter() throws IOException {
        StorageClient ignoring = BrokenConditions.ignoring(PutCondition.class, memory);
        for (StorageClient store : List.of(ignoring, BrokenConditions.refusingConditions(memory))) {
            StorageReport report = StorageCheck.quick().run(store);

            assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.SINGLE_WRITER);
            assertThat(wrong(report)).containsExactly(CREATE_IF_ABSENT, REPLACE_IF_MATCH);
            assertThat(report.finding(CREATE_RACE).orElseThrow().outcome()).isEqualTo(Outcome.SKIPPED);
            assertThat(report.toString()).contains("single writer");
        }
    }

    @Test
    void aStoreThatKeepsConditionsOfSmallObjectsOnlyIsForASingleWriter() throws IOException {
        StorageReport report = StorageCheck.full().run(BrokenConditions.ignoringConditionsAbove(5 << 20, memory));

        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.SINGLE_WRITER);
        assertThat(wrong(report)).containsExactly(CREATE_IF_ABSENT, REPLACE_IF_MATCH);
        assertThat(report.toString()).contains("of large objects");
        assertNothingLeft();
    }

    @Test
    void aStoreThatLosesWhatWasThereWhenItRefusesKeepsConditionsAllTheSame() throws IOException {
        StorageClient losing = BrokenConditions.losingWhatWasThere(5 << 20, memory);

        assertThat(StorageCheck.full()
                        .run(losing)
                        .finding(CREATE_IF_ABSENT)
                        .orElseThrow()
                        .outcome())
                .isEqualTo(Outcome.PASSED);
        new GuardedStorageClient(losing).upload("a", ContentWriter.of(new byte[6 << 20]), PutCondition.ifAbsent());
        assertThat(memory.stat("a")).isPresent();
    }

    /** As a store behind retries does, which are given up sooner than the check is. */
    @Test
    void aStoreWhoseConditionsCouldNotBeJudgedIsNotFit() throws IOException {
        for (Supplier<IOException> silence : List.<Supplier<IOException>>of(
                () -> new IOException("the store did not answer for PT1S", new TimeoutException()),
                () -> new SocketTimeoutException("read timed out"))) {
            StorageReport report = StorageCheck.quick().run(BrokenConditions.failingConditions(silence, memory));

            assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.UNFIT);
            assertThat(report.finding(CREATE_IF_ABSENT).orElseThrow().outcome()).isEqualTo(Outcome.SKIPPED);
            assertThat(report.toString()).contains("StorageCheck.within");
            assertNothingLeft();
        }
    }

    /** As a network that breaks down in the middle, or a permission that ends: nothing was seen of conditions. */
    @Test
    void aStoreThatFailsWithoutConditionsAsWellIsNotOneForASingleWriter() throws IOException {
        AtomicBoolean began = new AtomicBoolean();
        AtomicInteger failures = new AtomicInteger(4);
        StorageClient failing = new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if ((began.get() || !(condition instanceof PutCondition.None)) && failures.getAndDecrement() > 0) {
                    began.set(true);
                    throw new IOException("Connection reset");
                }
                return super.upload(key, content, condition);
            }
        };

        StorageReport report = StorageCheck.quick().run(failing);

        for (Criterion criterion : List.of(CREATE_IF_ABSENT, REPLACE_IF_MATCH)) {
            assertThat(report.finding(criterion).orElseThrow().outcome())
                    .as(report.toString())
                    .isEqualTo(Outcome.SKIPPED);
        }
        assertThat(report.verdict()).isEqualTo(Verdict.UNFIT);
        assertThat(report.toString()).contains("Connection reset");
    }

    @Test
    void onlyWhatWasSeenMakesAStoreOneForASingleWriter() {
        for (Criterion criterion : List.of(CREATE_IF_ABSENT, CREATE_RACE, REPLACE_IF_MATCH, REPLACE_RACE)) {
            assertThat(verdict(Map.of(criterion, Outcome.SKIPPED)))
                    .as("%s was not judged", criterion)
                    .isEqualTo(Verdict.UNFIT);
            assertThat(verdict(Map.of(criterion, Outcome.FAILED)))
                    .as("%s does not hold", criterion)
                    .isEqualTo(Verdict.SINGLE_WRITER);
        }
        assertThat(verdict(Map.of(CREATE_IF_ABSENT, Outcome.FAILED, CREATE_RACE, Outcome.SKIPPED)))
                .isEqualTo(Verdict.SINGLE_WRITER);
        assertThat(verdict(Map.of(CREATE_IF_ABSENT, Outcome.FAILED, REPLACE_RACE, Outcome.SKIPPED)))
                .isEqualTo(Verdict.UNFIT);
    }

    /** Of a report in which all else has passed. */
    private static Verdict verdict(Map<Criterion, Outcome> but) {
        List<StorageReport.Finding> findings = Stream.of(Criterion.values())
                .map(criterion -> new StorageReport.Finding(
                        criterion, but.getOrDefault(criterion, Outcome.PASSED), "as told", Duration.ZERO))
                .toList();
        return new StorageReport(
                        "mem:",
                        Instant.EPOCH,
                        Duration.ZERO,
                        false,
                        findings,
                        OptionalLong.empty(),
                        OptionalLong.empty())
                .verdict();
    }

    @Test
    void aCheckThatHasNoTimeForConditionsSaysNothingOfThem() throws IOException {
        AtomicInteger conditional = new AtomicInteger();
        StorageClient slow = new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                conditional.addAndGet(condition instanceof PutCondition.None ? 0 : 1);
                return super.upload(key, content, condition);
            }
        };

        StorageReport report = StorageCheck.quick()
                .nanoTime(() -> conditional.get() * Duration.ofMinutes(1).toNanos())
                .run(slow);

        assertThat(report.finding(CREATE_IF_ABSENT).orElseThrow().outcome()).isEqualTo(Outcome.PASSED);
        assertThat(report.finding(REPLACE_IF_MATCH).orElseThrow().outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.UNFIT);
    }

    @Test
    void theQuickFormCostsFewRequestsAndNothingElseIsTouched() throws IOException {
        memory.upload("backups/a", ContentWriter.of(new byte[5]), PutCondition.none());
        StorageObject before = memory.stat("backups/a").orElseThrow();
        CountingStorageClient counting = new CountingStorageClient(memory);

        StorageReport report = StorageCheck.quick().run(counting);

        assertThat(report.verdict()).isEqualTo(Verdict.GOOD);
        assertThat(report.finding(LISTING_PAGES)).isEmpty();
        long requests = 0;
        for (StorageOperation operation : StorageOperation.values()) {
            requests += counting.count(operation);
        }
        assertThat(requests).isBetween(250L, 350L);
        try (Stream<StorageObject> objects = memory.list("")) {
            assertThat(objects).containsExactly(before);
        }
    }

    @Test
    void aStoreThatHangsGetsAReportThatSaysSo() throws IOException {
        FaultyStorageClient hanging =
                new FaultyStorageClient(memory).next(StorageOperation.LIST, Fault.NONE, Fault.NONE, Fault.HANG);

        StorageReport report =
                StorageCheck.quick().within(Duration.ofMillis(500)).run(hanging);

        assertThat(report.verdict()).isEqualTo(Verdict.UNFIT);
        assertThat(report.finding(READ_AFTER_WRITE).orElseThrow().observed()).contains("had not answered");
        assertThat(report.finding(CLOCK).orElseThrow().outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(report.finding(CLEAN_UP).orElseThrow().outcome()).isEqualTo(Outcome.PASSED);
        assertNothingLeft();
    }

    @Test
    void aStoreFarAwayHasTimeEnoughOrIsToldToTakeMore() throws InterruptedIOException {
        StorageReport far = distant(StorageCheck.quick(), Duration.ofMillis(150));
        assertThat(far.verdict()).as(far.toString()).isEqualTo(Verdict.GOOD);

        StorageReport farther = distant(StorageCheck.quick(), Duration.ofMillis(500));
        assertThat(farther.verdict()).isEqualTo(Verdict.UNFIT);
        assertThat(farther.toString()).contains("time was over after 30 s", "StorageCheck.within");

        StorageReport patient = distant(StorageCheck.quick().within(Duration.ofMinutes(3)), Duration.ofMillis(500));
        assertThat(patient.verdict()).isEqualTo(Verdict.GOOD);
    }

    /** Each request takes so long, as the check's clock has it. */
    private StorageReport distant(StorageCheck check, Duration latency) throws InterruptedIOException {
        FaultyStorageClient counted = new FaultyStorageClient(memory);
        LongSupplier time = () -> latency.toNanos() * counted.struck(Fault.NONE);
        return check.nanoTime(time).run(counted);
    }

    @Test
    void aStoreThatCannotBeReachedGetsAReport() throws IOException {
        memory.close();

        StorageReport report = StorageCheck.quick().run(memory);

        assertThat(report.verdict()).isEqualTo(Verdict.UNFIT);
        assertThat(report.toString()).contains("closed", "NOT FIT");
    }

    @Test
    void anInterruptCleansUp() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        FaultyStorageClient hanging =
                new FaultyStorageClient(memory, hangs::countDown).next(StorageOperation.DELETE, Fault.NONE, Fault.HANG);
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread checking = new Thread(() -> {
            assertThatThrownBy(() -> StorageCheck.full().run(hanging)).isInstanceOf(InterruptedIOException.class);
            flag.complete(Thread.currentThread().isInterrupted());
        });
        checking.start();
        hangs.await();
        checking.interrupt();

        assertThat(flag.get()).as("interrupt flag").isTrue();
        assertNothingLeft();
    }

    @Test
    void aCheckNeedsTime() {
        assertThatThrownBy(() -> StorageCheck.quick().within(Duration.ZERO)).hasMessageContaining("PT0S");
    }
}
