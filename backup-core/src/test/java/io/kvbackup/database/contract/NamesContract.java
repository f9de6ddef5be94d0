package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.entries;
import static io.kvbackup.database.contract.DatabaseContents.push;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What adapters keep under names that are made of a database's name is never another database's. */
interface NamesContract extends DatabaseUnderTest {
    @Test
    default void restoresOfDatabasesWhoseNamesAreAlikeLeaveEachOtherAlone() throws Exception {
        assumeThat(databaseNamed("any")).as("several databases in one place").isPresent();
        long seed = 20261128;
        List<String[]> pairs = new ArrayList<>(List.of(
                new String[] {"a", "a:b"},
                new String[] {"a:b", "a"},
                new String[] {"Orders", "orders"},
                new String[] {"a:b", "a~3a~b"},
                new String[] {"x".repeat(200), "x".repeat(200) + "y"}));
        Random random = new Random(seed);
        List<String> names = AdversarialNames.of(seed, 60);
        while (pairs.size() < 30) {
            String one = names.get(random.nextInt(names.size()));
            String other = names.get(random.nextInt(names.size()));
            if (!one.equals(other)) {
                pairs.add(new String[] {one, other});
            }
        }
        for (String[] pair : pairs) {
            fill();
            restoreBeside(pair[0], pair[1], "seed " + seed + ": '" + pair[0] + "' beside '" + pair[1] + "'");
        }
    }

    private void restoreBeside(String name, String other, String what) throws Exception {
        try (DatabaseRestore restore =
                named(name).beginRestore(headerOf("first").withName(name))) {
            push(entries("restored", "yes"), restore.set("first"));
            try (DatabaseRestore given =
                    named(other).beginRestore(headerOf("second").withName(other))) {
                push(entries("given", "up"), given.set("second"));
            }
            named(other);
            restore.commit();
        }
        DatabaseContents.assertSame(readLive("first"), entries("restored", "yes"), what);
        DatabaseContents.assertSame(readLive("second"), entries("c", "3", "d", "4"), what);
    }

    private Database named(String name) throws Exception {
        Optional<Database> database = databaseNamed(name);
        return database.orElseThrow();
    }

    /** There are such backups: of a database to which nobody has added a set yet. */
    @Test
    default void aBackupWithoutSetsChangesNothingAndStandsInNobodysWay() throws Exception {
        fill();
        try (DatabaseRestore restore = database().beginRestore(headerOf())) {
            restore.commit();
        }
        assertFilledAsBefore();

        try (DatabaseRestore restore = database().beginRestore(headerOf("first"))) {
            push(entries("x", "9"), restore.set("first"));
            restore.commit();
        }
        assertLive("first", "x", "9");
        assertNothingLeftBehind();
    }
}
