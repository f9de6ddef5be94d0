package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.contract.AdversarialNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeasedSlotsTest {
    private static final long SEED = 8;

    @Test
    void t26_noTwoSchedulesShareALease() {
        Map<String, List<String>> seen = new HashMap<>();
        AdversarialNames.lists(SEED, 20_000, 2).stream()
                .map(list -> list.stream().map(LeasedSlotsTest::allowed).toList())
                .distinct()
                .forEach(list -> assertThat(seen.put(LeasedSlots.lease(list.get(0), list.get(1)), list))
                        .as("seed %d: lease of %s as well", SEED, list)
                        .isNull());
        assertThat(seen).hasSizeGreaterThan(2_000);
        assertThat(LeasedSlots.lease("web", "admin-nightly")).isNotEqualTo(LeasedSlots.lease("web-admin", "nightly"));
    }

    /** The nearest name that schedules and instances may have. */
    private static String allowed(String name) {
        String bare = "a" + name.replaceAll("[^A-Za-z0-9._-]", "-");
        return ScheduleName.require("schedule", bare.substring(0, Math.min(100, bare.length())));
    }

    @Test
    void leasesThatAreInStoresAlreadyAreFound() {
        assertThat(LeasedSlots.lease("shop", "nightly-full")).isEqualTo("schedule-shop-nightly-full");
        assertThat(LeasedSlots.lease("0a1b2c3d", "nightly")).isEqualTo("schedule-0a1b2c3d-nightly");
        assertThat(LeasedSlots.lease("Shop.eu_1", "n")).isEqualTo("schedule-Shop.eu_1-n");
    }
}
