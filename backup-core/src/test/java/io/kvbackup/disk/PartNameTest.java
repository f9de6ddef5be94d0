package io.kvbackup.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.contract.AdversarialNames;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartNameTest {
    private static final long SEED = 1;

    @Test
    void t26_differentPartsAreWrittenDifferentlyAndWithoutTheSeparator() {
        Map<String, String> seen = new HashMap<>();
        for (String name : AdversarialNames.of(SEED, 3_000)) {
            String escaped = PartName.escape(name, c -> c != ':');
            assertThat(escaped).as("seed %d", SEED).doesNotContain(":");
            assertThat(seen.put(escaped, name))
                    .as("seed %d: '%s' as well", SEED, name)
                    .isNull();
        }
    }

    @Test
    void t26_differentPartsAreDifferentFilesAlsoWhereCaseDoesNotCount() {
        Map<String, String> seen = new HashMap<>();
        for (String name : AdversarialNames.of(SEED, 3_000)) {
            String escaped = PartName.ofFile(name, 60);
            assertThat(escaped).as("seed %d", SEED).matches("[a-z0-9_~-]{1,60}");
            assertThat(seen.put(escaped.toUpperCase(Locale.ROOT), name))
                    .as("seed %d: '%s' as well", SEED, name)
                    .isNull();
        }
    }

    @Test
    void plainNamesStayAsTheyAre() {
        for (String name : List.of("orders", "my-db_2", "a")) {
            assertThat(PartName.ofFile(name, 60)).isEqualTo(name);
            assertThat(PartName.escape(name, c -> c != ':')).isEqualTo(name);
        }
        assertThat(PartName.escape("a:b~", c -> c != ':')).isEqualTo("a~3a~b~7e~");
    }
}
