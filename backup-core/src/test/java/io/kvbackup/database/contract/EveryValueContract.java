package io.kvbackup.database.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.Database;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever an engine can hold: a backup takes it and a restore brings back just that, or the backup refuses it and says
 * where. {@link DatabaseContract} includes this for bytes; an engine that holds more (types, codecs, names, columns)
 * implements it once more with generators of its own.
 */
public interface EveryValueContract {
    int FEW_ROUNDS = 3;
    int ROUNDS = 12;
    int MANY_ROUNDS = 1_000;

    List<String> FORMATS = List.of("cbor.zst", "json", "tar.gz");

    /** The same database at each call. */
    Database database();

    /**
     * Replaces the content of the live database, as its host would, by anything that the engine can hold: all types,
     * sizes from nothing to large, the ends of ranges, what looks alike.
     */
    void writeAnything(Random random) throws Exception;

    /** All that the live database holds, read past the adapter, in a form that {@code equals} compares exactly. */
    Object liveState() throws Exception;

    @Test
    default void t27_whatABackupTakesARestoreBringsBackByteForByte() throws Exception {
        roundTrips(4_711, FEW_ROUNDS);
    }

    @Test
    @Tag("thorough")
    default void whatABackupTakesARestoreBringsBackSeveralTimes() throws Exception {
        roundTrips(4_711, ROUNDS);
    }

    @Test
    @Tag("soak")
    default void whatABackupTakesARestoreBringsBackManyTimes() throws Exception {
        roundTrips(new Random().nextLong(), MANY_ROUNDS);
    }

    private void roundTrips(long firstSeed, int rounds) throws Exception {
        int taken = 0;
        try (MemoryStorageClient storage = new MemoryStorageClient();
                BackupManager manager = BackupManager.builder()
                        .storage(storage)
                        .database(database())
                        .build()) {
            for (int i = 0; i < rounds; i++) {
                taken += roundTrip(manager, firstSeed + i) ? 1 : 0;
            }
        }
        assertThat(taken).as("backups that were taken, from seed %d", firstSeed).isPositive();
    }

    private boolean roundTrip(BackupManager manager, long seed) throws Exception {
        writeAnything(new Random(seed));
        Object state = liveState();
        Optional<String> backup = backUp(manager, seed);
        if (backup.isEmpty()) {
            return false;
        }
        writeAnything(new Random(-seed));
        try {
            manager.restoreDatabase(backup.get());
        } catch (IOException e) {
            throw new AssertionError("seed " + seed + ": what was backed up was not restored", e);
        }
        assertThat(liveState()).as("seed %d: restored", seed).isEqualTo(state);
        return true;
    }

    private Optional<String> backUp(BackupManager manager, long seed) {
        String format = FORMATS.get((int) Math.floorMod(seed, (long) FORMATS.size()));
        try {
            return Optional.of(manager.backupDatabase(
                            database().name(),
                            BackupOptions.builder().format(format).build())
                    .objectName());
        } catch (IOException e) {
            assertThat(e).as("seed %d: what is refused, and where", seed).hasMessageContaining("key");
            return Optional.empty();
        }
    }
}
