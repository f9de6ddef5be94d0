package io.kvbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Backups in little memory are the same backups, in the same order. */
class BackupTableTest {
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private int names;

    private Instant instant() {
        long span = random.nextBoolean() ? 100_000 : LAST.toEpochMilli() - FIRST.toEpochMilli();
        return FIRST.plusMillis((long) (random.nextDouble() * span));
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private Backup backup() {
        String database = any(List.of("a", "b", "ä/\uD83D\uDE00", "full"));
        String format = any(List.of("cbor.zst", "json", "tar.gz"));
        Instant at = random.nextInt(4) == 0 ? instant().plusNanos(random.nextInt(999_999)) : instant();
        String name = random.nextInt(3) == 0
                ? "backups/" + database + "/other-" + names++
                : BackupName.text(database, at, format);
        List<Verification> verifications = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            verifications.add(new Verification(
                    any(List.of(VerifyLevel.values())),
                    instant(),
                    Duration.ofMillis(random.nextInt(1 << 30)),
                    random.nextBoolean(),
                    random.nextInt(1 << 20)));
        }
        Set<String> tags = random.nextBoolean() ? Set.of() : Set.of("release", "t" + random.nextInt(100));
        return new Backup(
                name,
                database,
                any(List.of(BackupKind.values())),
                at,
                format,
                random.nextLong(1L << 60),
                random.nextBoolean(),
                Optional.empty(),
                new BackupMarks(random.nextBoolean(), tags, verifications),
                random.nextBoolean());
    }

    @Test
    void whatIsAddedComesBackNewestFirstAndIsFound() {
        BackupTable table = new BackupTable();
        List<Backup> added = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        while (added.size() < 3_000) {
            Backup backup = backup();
            if (taken.add(backup.objectName())) {
                assertThat(table.add(backup)).isEqualTo(added.size());
                added.add(backup);
            }
        }
        Ints newestFirst = table.newestFirst();
        assertThat(table.all(newestFirst))
                .as("seed %d", seed)
                .isEqualTo(added.stream().sorted(Backup.NEWEST_FIRST).toList());
        for (int i = 0; i < added.size(); i++) {
            Backup wanted = added.get(i);
            assertThat(table.get(i)).as("seed %d", seed).isEqualTo(wanted);
            int found = table.find(wanted.timestamp(), wanted.objectName(), newestFirst);
            assertThat(Backup.NEWEST_FIRST.compare(table.get(found), wanted)).isZero();
        }
        assertThat(table.find(FIRST, "nothing", newestFirst)).isEqualTo(-1);
    }

    @Test
    void stampsAreThoseOfTheFormatter() {
        DateTimeFormatter formatter =
                new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);
        for (int i = 0; i < 10_000; i++) {
            Instant at = instant();
            assertThat(BackupName.stamp(at)).as("seed %d", seed).isEqualTo(formatter.format(at));
        }
        for (Instant at : List.of(FIRST, LAST, LAST.plusMillis(1), FIRST.minusMillis(1))) {
            assertThat(BackupName.stamp(at)).isEqualTo(formatter.format(at));
        }
    }

    /** Names of other software sort otherwise, and must be found all the same. */
    @Test
    void aPartOfAListingIsWhatTheWholeHasOfThoseTimes() throws IOException {
        MemoryStorageClient store = new MemoryStorageClient();
        Instant start = Instant.parse("2025-12-20T00:00:00Z");
        for (int i = 0; i < 400; i++) {
            Instant at = start.plusSeconds(random.nextInt(30 * 86_400));
            String stamp = switch (random.nextInt(4)) {
                case 0 -> BackupName.stamp(at);
                case 1 -> at.toString();
                case 2 ->
                    DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
                            .format(at.atZone(java.time.ZoneOffset.UTC));
                default ->
                    DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                            at.plusMillis(1).atOffset(java.time.ZoneOffset.ofHours(random.nextInt(37) - 18)));
            };
            String name = "backups/" + any(List.of("a", "b")) + "/" + stamp + "." + any(List.of("json", "json.gz"));
            store.upload(name, ContentWriter.of(new byte[1]), PutCondition.none());
            store.upload(
                    name + any(List.of(".pinned", ".manifest.json", ".tag.x")),
                    ContentWriter.of(new byte[1]),
                    PutCondition.none());
        }
        BackupCatalog catalog = new BackupCatalog(store, BackupKeys.none());
        List<Backup> all = catalog.list();
        assertThat(all).isSortedAccordingTo(Backup.NEWEST_FIRST).hasSizeGreaterThan(300);
        for (int i = 0; i < 200; i++) {
            Instant from = start.plusSeconds(random.nextInt(40 * 86_400) - 5 * 86_400L);
            Instant before = from.plusSeconds(random.nextInt(20 * 86_400));
            Optional<String> database = any(List.of(Optional.empty(), Optional.of("a")));
            assertThat(catalog.list(database, from, before))
                    .as("seed %d, %s from %s before %s", seed, database, from, before)
                    .isEqualTo(all.stream()
                            .filter(backup ->
                                    database.isEmpty() || backup.database().equals(database.get()))
                            .filter(backup -> !backup.timestamp().isBefore(from)
                                    && backup.timestamp().isBefore(before))
                            .toList());
        }
    }
}
