package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.push;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.KeyRange;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What restores of a range of keys do in engines that have such. */
interface PartialRestoreContract extends DatabaseUnderTest {
    @Test
    default void t31_aPartialRestoreTouchesOnlyItsKeys() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            write(Write.put("first", "to be replaced", "x"), Write.put("second", "stays", "x"));
            NavigableMap<byte[], byte[]> backup = someEntries(random);
            for (var entry : someEntries(random).entrySet()) {
                write(new Write("first", entry.getKey(), entry.getValue()));
            }
            KeyRange range = someRange(random);
            NavigableMap<byte[], byte[]> expected = DatabaseContents.empty();
            readLive("first").forEach((key, value) -> {
                if (!range.contains(key)) {
                    expected.put(key, value);
                }
            });
            backup.forEach((key, value) -> {
                if (range.contains(key)) {
                    expected.put(key, value);
                }
            });

            Optional<DatabaseRestore> begun = database().beginPartialRestore(headerOf("first"), range);
            assumeThat(begun).as("the engine replaces whole sets only").isPresent();
            try (DatabaseRestore restore = begun.get()) {
                push(backup, restore.set("first"));
                restore.prepare();
                restore.commit();
            }
            assertSame(readLive("first"), expected, "seed " + seed + ", " + range);
            assertLive("second", "stays", "x");
        }
        assertNothingLeftBehind();
    }

    @Test
    default void t31_whatIsWrittenToOtherKeysUntilTheCommitStays() throws Exception {
        fill();
        Optional<DatabaseRestore> begun =
                database().beginPartialRestore(headerOf("first"), KeyRange.only(new byte[] {'b'}));
        assumeThat(begun).as("the engine replaces whole sets only").isPresent();
        try (DatabaseRestore restore = begun.get()) {
            push(DatabaseContents.entries("a", "restored", "b", "restored"), restore.set("first"));
            write(Write.put("first", "a", "later"), Write.put("first", "b", "later"), Write.put("first", "c", "later"));
            restore.prepare();
            write(Write.put("first", "d", "later"), Write.delete("first", "a"));
            restore.commit();
        }
        assertLive("first", "b", "restored", "c", "later", "d", "later");
        assertNothingLeftBehind();
    }

    @Test
    default void aPartialRestoreThatIsClosedChangesNothing() throws Exception {
        fill();
        Optional<DatabaseRestore> begun = database().beginPartialRestore(headerOf("first"), KeyRange.only(new byte[1]));
        assumeThat(begun).as("the engine replaces whole sets only").isPresent();
        try (DatabaseRestore restore = begun.get()) {
            push(DatabaseContents.entries("\0", "9"), restore.set("first"));
            restore.prepare();
        }
        assertFilledAsBefore();
        assertNothingLeftBehind();
    }

    private static NavigableMap<byte[], byte[]> someEntries(Random random) {
        NavigableMap<byte[], byte[]> entries = DatabaseContents.empty();
        for (int i = random.nextInt(30); i > 0; i--) {
            byte[] value = new byte[random.nextInt(8)];
            random.nextBytes(value);
            entries.put(someKey(random), value);
        }
        return entries;
    }

    /** Of few different bytes, so that many are the same or the beginning of another. */
    private static byte[] someKey(Random random) {
        byte[] key = new byte[random.nextInt(4)];
        for (int i = 0; i < key.length; i++) {
            key[i] = new byte[] {0, 1, 'a', 'b', (byte) 0x80, -1}[random.nextInt(6)];
        }
        return key;
    }

    private static KeyRange someRange(Random random) {
        byte[] one = someKey(random);
        byte[] other = someKey(random);
        return switch (random.nextInt(3)) {
            case 0 -> KeyRange.only(one);
            case 1 -> new KeyRange(one.length == 0 ? new byte[] {'a'} : one, null);
            default -> Arrays.compareUnsigned(one, other) <= 0 ? new KeyRange(one, other) : new KeyRange(other, one);
        };
    }
}
