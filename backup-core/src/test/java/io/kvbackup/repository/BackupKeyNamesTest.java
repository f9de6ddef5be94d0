package io.kvbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.contract.AdversarialNames;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What lies below {@code backups/}: each name is of one thing, and tells which. */
class BackupKeyNamesTest {
    private static final long SEED = 26;
    private static final Instant AT = Instant.parse("2026-11-20T12:00:00.123Z");

    @Test
    void t26_noTwoObjectsHaveOneNameAndEachIsReadBack() {
        Map<String, List<?>> seen = new HashMap<>();
        for (List<String> list : AdversarialNames.lists(SEED, 2_000, 3)) {
            String database = list.get(0).replace("/", ":");
            String tag = list.get(1);
            if (!isAllowed(() -> BackupName.requireDatabaseName(database))) {
                continue;
            }
            String chain = list.get(2).length() % 2 == 0 ? "json" : "json.gz";
            BackupName name =
                    BackupName.of(database, AT, FormatChain.find(chain).orElseThrow());
            assertThat(BackupName.parse(name.objectName()).map(BackupName::database))
                    .as("seed %d", SEED)
                    .contains(database);
            once(seen, name.objectName(), List.of(database, chain));
            once(seen, BackupName.manifestName(name.objectName()), List.of(database, chain, "manifest"));
            if (isAllowed(() -> Mark.requireTag(tag))) {
                Mark mark = new Mark.Tag(tag);
                once(seen, mark.key(name.objectName()), List.of(database, chain, mark));
                assertThat(Mark.parse(mark.key(name.objectName())))
                        .as("seed %d", SEED)
                        .isEqualTo(Optional.of(new Mark.Named(name.objectName(), mark)));
            }
        }
        assertThat(seen).hasSizeGreaterThan(1_000);
    }

    private static void once(Map<String, List<?>> seen, String key, List<?> parts) {
        List<?> other = seen.put(key, parts);
        assertThat(other == null || other.equals(parts))
                .as("seed %d: %s is the name of %s and of %s", SEED, key, other, parts)
                .isTrue();
    }

    private static boolean isAllowed(Runnable check) {
        try {
            check.run();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
