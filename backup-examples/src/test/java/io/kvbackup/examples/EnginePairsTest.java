package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.BackupOptions;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.examples.engine.EngineKind;
import io.kvbackup.examples.engine.HostEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of any engine restores into any other, in every format, and each record is compared. */
class EnginePairsTest {
    private static final List<String> ARCHIVES = List.of("json", "cbor", "tar");
    private static final List<String> TRANSFORMS = List.of("", ".zst", ".gz", ".bz2", ".xz");

    @TempDir
    private Path work;

    private final Map<EngineKind, HostEngine> sources = new EnumMap<>(EngineKind.class);
    private final Map<EngineKind, HostEngine> targets = new EnumMap<>(EngineKind.class);
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        BackupManagerBuilder builder =
                BackupManager.builder().storage(work.resolve("backups").toUri().toString());
        for (EngineKind kind : EngineKind.logical()) {
            sources.put(kind, kind.open(work, "from-" + kind));
            targets.put(kind, kind.open(work, "to-" + kind));
            builder.database(sources.get(kind).database())
                    .database(targets.get(kind).database());
        }
        manager = builder.build();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
        for (HostEngine engine : sources.values()) {
            engine.close();
        }
        for (HostEngine engine : targets.values()) {
            engine.close();
        }
    }

    /** From each engine, and into each; kinds of archive and transforms take turns. */
    @Test
    void theSampleGoesFromEachEngineIntoTheNext() throws IOException {
        NavigableMap<byte[], byte[]> records = load(new PackageRecords(Optional.empty()));
        List<EngineKind> engines = List.copyOf(EngineKind.logical());
        for (int i = 0; i < engines.size(); i++) {
            String format = ARCHIVES.get(i % ARCHIVES.size()) + TRANSFORMS.get(i % TRANSFORMS.size());
            EngineKind to = engines.get((i + 1) % engines.size());
            assertRestored(backUp(engines.get(i), format), engines.get(i), to, records);
        }
    }

    /** Each pair in one kind of archive; kinds and transforms take turns. */
    @Test
    @Tag("thorough")
    void theSampleGoesFromEachEngineIntoEachOther() throws IOException {
        NavigableMap<byte[], byte[]> records = load(new PackageRecords(Optional.empty()));
        int turn = 0;
        for (EngineKind from : EngineKind.logical()) {
            for (EngineKind to : EngineKind.logical()) {
                if (from != to) {
                    String format = ARCHIVES.get(turn % ARCHIVES.size()) + TRANSFORMS.get(turn++ % TRANSFORMS.size());
                    assertRestored(backUp(from, format), from, to, records);
                }
            }
        }
        assertThat(turn).as("pairs").isEqualTo(12);
    }

    /** Each pair in each kind of archive; the transforms take turns, so that each meets each kind of archive. */
    @Test
    @Tag("soak")
    void theSampleGoesFromEachEngineIntoEachOtherInEachArchive() throws IOException {
        NavigableMap<byte[], byte[]> records = load(new PackageRecords(Optional.empty()));
        int turn = 0;
        for (EngineKind from : EngineKind.logical()) {
            for (EngineKind to : EngineKind.logical()) {
                for (String archive : from == to ? List.<String>of() : ARCHIVES) {
                    String format = archive + TRANSFORMS.get(turn++ % TRANSFORMS.size());
                    assertRestored(backUp(from, format), from, to, records);
                }
            }
        }
        assertThat(turn).as("pairs times archives").isEqualTo(36);
    }

    /**
     * The data set may lie anywhere: {@code -Dkvbackup.data=<file>}, or in {@code shared/data} beside or above the
     * project.
     */
    @Test
    @Tag("soak")
    void theWholeDataSetGoesFromEachEngineIntoEachOtherInEveryFormat() throws IOException {
        Optional<Path> data = wholeDataSet();
        assumeTrue(data.isPresent(), "the data set is not on this machine");
        NavigableMap<byte[], byte[]> records = load(new PackageRecords(data));
        int compared = 0;
        for (EngineKind from : EngineKind.logical()) {
            for (String archive : ARCHIVES) {
                for (String transform : TRANSFORMS) {
                    String backup = backUp(from, archive + transform);
                    for (EngineKind to : EngineKind.logical()) {
                        if (from != to) {
                            assertRestored(backup, from, to, records);
                            compared++;
                        }
                    }
                    manager.deleteBackup(backup);
                }
            }
        }
        System.out.printf("%,d records compared after each of %d restores%n", records.size(), compared);
    }

    private static Optional<Path> wholeDataSet() {
        String given = System.getProperty("kvbackup.data", "");
        return Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
                .map(folder -> given.isEmpty() ? folder.resolve("shared/data/packages.jsonl.gz") : Path.of(given))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private NavigableMap<byte[], byte[]> load(PackageRecords records) throws IOException {
        NavigableMap<byte[], byte[]> expected = new TreeMap<>(Arrays::compareUnsigned);
        records.forEach(expected::put);
        List<HostEngine.Entry> all = new ArrayList<>();
        expected.forEach((key, value) -> all.add(new HostEngine.Entry(key, value)));
        for (HostEngine engine : sources.values()) {
            engine.putAll(all);
        }
        return expected;
    }

    private String backUp(EngineKind from, String format) throws IOException {
        return manager.backupDatabase(
                        "from-" + from, BackupOptions.builder().format(format).build())
                .objectName();
    }

    private void assertRestored(String backup, EngineKind from, EngineKind to, NavigableMap<byte[], byte[]> expected)
            throws IOException {
        HostEngine target = targets.get(to);
        // So that what is found afterwards has really been brought.
        target.put("not in the backup".getBytes(StandardCharsets.UTF_8), "0".getBytes(StandardCharsets.UTF_8));
        target.put(expected.firstKey(), "0".getBytes(StandardCharsets.UTF_8));
        manager.restoreDatabase(backup, RestoreOptions.builder().as("to-" + to).build());

        String what = backup + " of " + from + " in " + to;
        long[] equal = new long[1];
        try (DatabaseSnapshot snapshot = target.database().openSnapshot()) {
            snapshot.readEntries(HostEngine.SET, KeyRange.all(), (key, value) -> {
                if (!Arrays.equals(expected.get(key), value)) {
                    throw new AssertionError(what + ": " + new String(key, StandardCharsets.UTF_8) + " is "
                            + new String(value, StandardCharsets.UTF_8));
                }
                equal[0]++;
            });
        }
        assertThat(equal[0]).as(what).isEqualTo(expected.size());
    }
}
