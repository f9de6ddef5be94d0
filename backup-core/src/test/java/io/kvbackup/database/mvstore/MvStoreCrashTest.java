package io.kvbackup.database.mvstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore that ends at any of its steps leaves the old or the new state, in all maps alike. */
class MvStoreCrashTest {
    static final List<String> STEPS = List.of(
            "staged maps durable",
            "plan written",
            "plan durable",
            "first removed",
            "first swapped in",
            "second removed",
            "second swapped in",
            "plan removed");

    @TempDir
    private Path folder;

    @Test
    void aRestoreHasTheStepsAtWhichItIsCutShortHere() throws Exception {
        List<String> steps = new ArrayList<>();
        try (TestMvStore host = new TestMvStore(oldDatabase("counted").toString())) {
            CrashingStoreHost.restore(host, steps::add);
            CrashingStoreHost.assertNew(host, "undisturbed");
        }
        assertThat(steps).isEqualTo(STEPS);
    }

    @Test
    @Tag("thorough")
    void t6_t20_aProcessThatEndsAtAnyStepLeavesTheOldOrTheNewState() throws Exception {
        for (int i = 0; i < STEPS.size(); i++) {
            Path file = oldDatabase("halted-" + i);
            assertThat(CrashingStoreHost.run(file, "restore", i)).isEqualTo(CrashingStoreHost.HALTED);

            assertStateAfter(file, i > 0, "halted at " + STEPS.get(i));
        }
    }

    @Test
    @Tag("thorough")
    void aProcessThatEndsAgainWhileItCompletesARestoreCompletesItLater() throws Exception {
        Path file = oldDatabase("again");
        int decision = STEPS.indexOf("plan durable");
        assertThat(CrashingStoreHost.run(file, "restore", decision)).isEqualTo(CrashingStoreHost.HALTED);
        int halts = 0;
        while (CrashingStoreHost.run(file, "recover", halts) == CrashingStoreHost.HALTED) {
            halts++;
        }

        assertThat(halts).as("steps of the completion").isPositive();
        assertStateAfter(file, true, "halted " + halts + " times more");
    }

    @Test
    void aRenameCutShortBetweenItsPartsIsCompleted() throws Exception {
        Path file = oldDatabase("rename");
        int removed = STEPS.indexOf("first removed");
        assertThat(CrashingStoreHost.run(file, "restore", removed)).isEqualTo(CrashingStoreHost.HALTED);
        try (TestMvStore host = new TestMvStore(file.toString())) {
            MVMap<String, String> meta = host.store.getMetaMap();
            meta.put("name.first", meta.get("name.kvbackup.staged:orders:first"));
            host.store.commit();
        }

        assertStateAfter(file, true, "both names for one map");
    }

    @Test
    void aRemovalCutShortBetweenItsPartsIsCompleted() throws Exception {
        Path file = oldDatabase("removal");
        int decision = STEPS.indexOf("plan durable");
        assertThat(CrashingStoreHost.run(file, "restore", decision)).isEqualTo(CrashingStoreHost.HALTED);
        try (TestMvStore host = new TestMvStore(file.toString())) {
            MVMap<String, String> meta = host.store.getMetaMap();
            meta.remove("map." + meta.get("name.first"));
            host.store.commit();
        }

        assertStateAfter(file, true, "a name without a map");
    }

    private Path oldDatabase(String name) {
        Path file = folder.resolve(name + ".mv");
        try (TestMvStore host = new TestMvStore(file.toString())) {
            CrashingStoreHost.writeOld(host);
        }
        return file;
    }

    private static void assertStateAfter(Path file, boolean decided, String when) throws Exception {
        try (TestMvStore host = new TestMvStore(file.toString())) {
            host.builder().build();
            if (decided) {
                CrashingStoreHost.assertNew(host, when);
            } else {
                CrashingStoreHost.assertOld(host, when);
            }
            host.assertNothingStaged();
        }
    }
}
