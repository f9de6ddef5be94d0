package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;

import io.kvbackup.database.Database;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

/** What an adapter's test tells the contract about its engine. The database is new and empty for each test. */
public interface DatabaseUnderTest {
    /** The same database at each call, with the sets {@code first} and {@code second}, both BINARY to BINARY. */
    Database database();

    /** Changes the live database as its host does, all writes at one instant. Called from several threads. */
    void write(List<Write> together) throws Exception;

    /** What the live database holds now, read past the adapter. */
    NavigableMap<byte[], byte[]> readLive(String set) throws Exception;

    /** Whether writers wait while a snapshot is open, because the engine has only a lock. */
    default boolean writersWaitForSnapshots() {
        return false;
    }

    /** Whether a restore may bring sets that the database has not. */
    default boolean takesUnknownSets() {
        return false;
    }

    /**
     * Makes the engine drop, merge or change some of the entries that a restore of set {@code first} puts into it from
     * now on, by a rule of its own as hosts have them: a trigger, a filter, a limit of size.
     *
     * @return whether there is such a rule; if not, this has done nothing
     */
    default boolean loseEntries() throws Exception {
        return false;
    }

    /**
     * The same live sets described once more, under another name, at the same place; built anew at each call. Empty if
     * there can be only one description at a time.
     */
    default Optional<Database> databaseNamed(String name) throws Exception {
        return Optional.empty();
    }

    /** Fails if staged files, locks or the like are left when all snapshots and restores are closed. */
    default void assertNothingLeftBehind() throws Exception {}

    default void write(Write... together) throws Exception {
        write(List.of(together));
    }

    /** Header for a restore of the given sets. */
    default DatabaseBackup headerOf(String... sets) {
        return DatabaseBackup.of(
                database().name(),
                List.of(sets).stream()
                        .map(set -> new SetBackup(set, Encoding.BINARY, Encoding.BINARY))
                        .toList(),
                List.of(),
                null);
    }

    /** Writes two entries into each set, which {@link #assertFilledAsBefore()} wants to see again. */
    default void fill() throws Exception {
        write(
                Write.put("first", "a", "1"),
                Write.put("first", "b", "2"),
                Write.put("second", "c", "3"),
                Write.put("second", "d", "4"));
    }

    default void assertFilledAsBefore() throws Exception {
        assertLive("first", "a", "1", "b", "2");
        assertLive("second", "c", "3", "d", "4");
    }

    default void assertLive(String set, String... keysAndValues) throws Exception {
        assertSame(readLive(set), entries(keysAndValues), "live set " + set);
    }
}
