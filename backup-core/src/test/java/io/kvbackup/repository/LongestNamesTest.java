package io.kvbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.format.ArchiveFormats;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageKey;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@link io.kvbackup.storage.check.StorageCheck} looks for is what the rules for names allow, and no more. */
class LongestNamesTest {
    private static final Instant STAMP = Instant.parse("2026-11-20T12:00:00.123Z");

    @Test
    void noSegmentIsLongerThanAStoreHasToTake() {
        String longest = longestChain();
        String archive = BackupName.of("d".repeat(200), STAMP, FormatChain.parse(longest))
                .objectName();
        List<String> names = new ArrayList<>(List.of(archive, BackupName.manifestName(archive)));
        for (VerifyLevel level : VerifyLevel.values()) {
            for (boolean passed : new boolean[] {true, false}) {
                names.add(new Mark.Verified(new Verification(
                                level, STAMP, Duration.ofMillis(999_999_999_999_999L), passed, Mark.MAX_SEQUENCE))
                        .key(archive));
            }
        }
        names.add(new Mark.Removed(STAMP).key(archive));
        names.add(new Mark.Tag("t".repeat(Mark.MAX_TAG_LENGTH)).key(archive));
        names.add(new Mark.Pinned().key(archive));

        assertThat(names)
                .flatMap(name -> List.of(name.split("/")))
                .allMatch(segment -> segment.getBytes(StandardCharsets.UTF_8).length <= StorageKey.MAX_SEGMENT_BYTES);
        assertThat(BackupName.requireDatabaseName("d".repeat(200))).hasSizeLessThan(StorageKey.MAX_SEGMENT_BYTES);
    }

    private static String longestChain() {
        String format = Stream.of("json", "cbor", "tar")
                .map(name -> ArchiveFormats.named(name).name())
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .orElseThrow();
        return format + ".zst".repeat((FormatChain.MAX_LENGTH - format.length()) / 4);
    }

    @Test
    void longerOnesAreRefusedWhereTheyAreGiven() {
        assertThatThrownBy(() -> FormatChain.parse(longestChain() + ".gz.gz"))
                .hasMessageContaining("do not fit into a name");
        assertThatThrownBy(() -> BackupName.requireDatabaseName("d".repeat(201)))
                .hasMessageContaining("200 bytes");
        LeaseStore leases = new LeaseStore(
                new MemoryStorageClient(),
                new LeaseTime(Clock.systemUTC(), System::nanoTime, pause -> {}),
                new Random(1));
        assertThatThrownBy(() -> leases.read("l".repeat(StorageKey.MAX_SEGMENT_BYTES - 4)))
                .hasMessageContaining("choose shorter names");
    }
}
