package io.kvbackup.storage.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.check.BrokenConditions.Referee;
import io.kvbackup.storage.check.StorageReport.Finding.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether a store is found that lets two writers win now and then. */
class RaceProbesTest {
    private static final int PART = 300_000;
    private static final Referee FAIR = (race, size, condition) -> false;

    private final MemoryStorageClient memory = new MemoryStorageClient();

    /** Which races are lost is drawn by a seed; those of little content never are. */
    @Test
    @Tag("thorough")
    void aStoreThatLosesOneRaceInTenIsFoundNinetyNineTimesOfAHundred() throws IOException {
        for (Class<? extends PutCondition> kind : List.of(PutCondition.IfAbsent.class, PutCondition.IfMatch.class)) {
            List<Integer> missed = new ArrayList<>();
            for (int seed = 0; seed < 25; seed++) {
                long stores = seed * 1_000L;
                Referee oneInTen = (race, size, condition) -> size >= RaceProbes.SMALL
                        && kind.isInstance(condition)
                        && new SplittableRandom(stores + race).nextInt(10) == 0;
                StorageReport report = StorageCheck.quick().run(BrokenConditions.losingRaces(PART, oneInTen, memory));
                if (report.verdict() != StorageReport.Verdict.SINGLE_WRITER) {
                    missed.add(seed);
                }
            }
            assertThat(missed)
                    .as("seeds of stores whose %s races were not found", kind)
                    .hasSizeLessThan(2);
        }
    }

    @Test
    void fortyFourRacesFindOneInTenWithNinetyNinePercent() {
        assertThat(Math.pow(0.9, RaceProbes.ROUNDS)).isLessThan(0.01);
        assertThat(Math.pow(0.9, RaceProbes.ROUNDS - 1)).isGreaterThan(0.01);
    }

    @Test
    void aStoreThatForgetsTheConditionsOfRacingPartsIsFound() throws IOException {
        Referee racing = (race, size, condition) -> size > PART && condition instanceof PutCondition.IfAbsent;
        StorageClient store = BrokenConditions.losingRaces(PART, racing, memory);

        StorageReport report = StorageCheck.full().run(store);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(StorageReport.Verdict.SINGLE_WRITER);
        StorageReport.Finding found =
                report.finding(StorageReport.Criterion.CREATE_RACE).orElseThrow();
        assertThat(found.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(found.observed()).contains("2 of 2 writers");
        assertNothingLeft();
    }

    @Test
    void aSoundStorePassesAndTheReportSaysHowSureThatIs() throws IOException {
        StorageReport full = StorageCheck.full().run(BrokenConditions.losingRaces(PART, FAIR, memory));
        assertThat(full.verdict()).as(full.toString()).isEqualTo(StorageReport.Verdict.GOOD);
        assertThat(observed(full, StorageReport.Criterion.CREATE_RACE))
                .contains("44 races of 200 kB (99 %)", "44 races of 300 kB (99 %)");
        assertThat(observed(full, StorageReport.Criterion.REPLACE_RACE)).contains("44 races of 200 kB (99 %)");

        StorageReport quick = StorageCheck.quick().run(memory);
        assertThat(observed(quick, StorageReport.Criterion.CREATE_RACE)).contains("44 races of 200 kB (99 %)");
        assertNothingLeft();
    }

    @Test
    void onASlowLinkThereAreFewerRacesAndTheReportSaysSo() throws IOException {
        AtomicLong nanos = new AtomicLong();
        StorageClient slow = new ForwardingStorageClient(memory) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                StorageObject kept = super.upload(key, content, condition);
                nanos.addAndGet(Duration.ofMillis(kept.size()).toNanos() / 500);
                return kept;
            }
        };
        StorageReport report = StorageCheck.quick().nanoTime(nanos::get).run(slow);

        assertThat(report.verdict()).as(report.toString()).isEqualTo(StorageReport.Verdict.GOOD);
        assertThat(report.took()).isLessThan(Duration.ofSeconds(30));
        StorageReport.Finding race =
                report.finding(StorageReport.Criterion.CREATE_RACE).orElseThrow();
        assertThat(race.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(race.observed())
                .containsPattern("\\d races of 200 kB \\(\\d\\d %\\)")
                .contains("StorageCheck.within");
    }

    private static String observed(StorageReport report, StorageReport.Criterion criterion) {
        return report.finding(criterion).orElseThrow().observed();
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<StorageObject> objects = memory.list("")) {
            assertThat(objects).isEmpty();
        }
    }
}
