package io.kvbackup.database.mvstore;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.Write;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that writes to its maps after a restore was cut short, before it builds its database description. */
class MvStoreWrittenSinceTest {
    private static final byte[] LATER = "later".getBytes(UTF_8);

    @TempDir
    private Path folder;

    /** However little it is, in whatever map, at whatever step the process ended. */
    @Test
    @Tag("thorough")
    void whatIsWrittenBetweenACrashAndTheNextStartIsNeverErased() throws Exception {
        int refused = 0;
        for (int step = 0; step < MvStoreCrashTest.STEPS.size(); step++) {
            for (String map : List.of("first", "second")) {
                String when = map + " is written to after a halt at " + MvStoreCrashTest.STEPS.get(step);
                Path file = halted(map + step, step);
                try (TestMvStore host = new TestMvStore(file.toString())) {
                    host.write(List.of(Write.put(map, "later", "stays")));
                    host.store.commit();
                }
                try (TestMvStore host = new TestMvStore(file.toString())) {
                    try {
                        host.builder().build();
                    } catch (IOException e) {
                        assertThat(e).as(when).hasMessageContainingAll("orders", "map " + map, "written to since");
                        refused++;
                    }
                    assertThat(host.map(map).get(LATER)).as(when).isEqualTo("stays".getBytes(UTF_8));
                }
            }
        }
        assertThat(refused).as("refused").isGreaterThan(4);
    }

    @Test
    void whatIsNotCommittedYetIsNotErasedEither() throws Exception {
        try (TestMvStore host = new TestMvStore(halted("open", 2).toString())) {
            host.write(List.of(new Write("second", "c".getBytes(UTF_8), null), Write.put("second", "later", "stays")));
            assertRefused(host);
            assertSame(host.read("second"), entries("later", "stays"), "second");
        }
    }

    @Test
    void aRestoreThatBeginsErasesNothing() throws Exception {
        Path file = halted("begins", 2);
        try (TestMvStore host = new TestMvStore(file.toString())) {
            host.write(List.of(Write.put("second", "later", "stays")));
            assertThatThrownBy(() -> CrashingStoreHost.restore(host, CommitSteps.IGNORED))
                    .hasMessageContaining("written to since");
        }
    }

    @Test
    void theRestoreCanBeGivenUpAsTheMessageSays() throws Exception {
        try (TestMvStore host = new TestMvStore(halted("given-up", 2).toString())) {
            host.write(List.of(Write.put("second", "later", "stays")));
            assertThatThrownBy(() -> host.builder().build())
                    .hasMessageContaining("removeMap(\"kvbackup.restore:orders\")");
            host.store.removeMap("kvbackup.restore:orders");
            host.builder().build();
            assertSame(host.read("second"), entries("c", "old", "later", "stays"), "second");
            host.assertNothingStaged();
        }
    }

    @Test
    void aMapThatIsMadeAnewIsKept() throws Exception {
        try (TestMvStore host = new TestMvStore(halted("anew", 2).toString())) {
            host.store.removeMap("second");
            host.write(List.of(Write.put("second", "later", "stays")));
            assertRefused(host);
        }
    }

    /** The store moves pages to save space, and knows of no difference then. */
    @Test
    void pagesThatTheStoreMovesAreNoWrites() throws Exception {
        try (TestMvStore host = new TestMvStore(halted("moved", 2).toString())) {
            String before = root(host, "first");
            rewrite(host);
            assertThat(root(host, "first")).as("where the root is").isNotEqualTo(before);
            host.builder().build();
            CrashingStoreHost.assertNew(host, "completed");
        }
    }

    @Test
    void otherMapsMayBeWrittenToAndTheseReadMeanwhile() throws Exception {
        Path file = halted("others", 2);
        try (TestMvStore host = new TestMvStore(file.toString())) {
            host.store.<String, String>openMap("third").put("a", "b");
            CrashingStoreHost.assertOld(host, "read");
            host.store.commit();
        }
        try (TestMvStore host = new TestMvStore(file.toString())) {
            host.builder().build();
            CrashingStoreHost.assertNew(host, "completed");
        }
    }

    /** A host that opens its maps too early makes those that are missing, empty. */
    @Test
    void anEmptyMapHoldsNothingThatCouldBeErased() throws Exception {
        int removed = MvStoreCrashTest.STEPS.indexOf("first removed");
        try (TestMvStore host = new TestMvStore(halted("empty", removed).toString())) {
            assertThat(host.map("first")).isEmpty();
            host.store.commit();
            host.builder().build();
            CrashingStoreHost.assertNew(host, "completed");
        }
    }

    private static void rewrite(TestMvStore host) {
        MVMap<byte[], byte[]> map = host.map("first");
        byte[] key = "key 00000".getBytes(UTF_8);
        byte[] value = map.get(key);
        map.put(key, LATER);
        host.store.commit();
        map.put(key, value);
        host.store.commit();
    }

    private static String root(TestMvStore host, String map) {
        return String.valueOf(
                host.store.getLayoutMap().get("root." + host.store.getMetaMap().get("name." + map)));
    }

    private static void assertRefused(TestMvStore host) {
        assertThatThrownBy(() -> host.builder().build())
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("orders", "map second", "written to since", "keep what you need");
    }

    private Path halted(String name, int step) throws Exception {
        Path file = folder.resolve(name + ".mv");
        try (TestMvStore host = new TestMvStore(file.toString())) {
            CrashingStoreHost.writeOld(host);
        }
        assertThat(CrashingStoreHost.run(file, "restore", step)).isEqualTo(CrashingStoreHost.HALTED);
        return file;
    }
}
