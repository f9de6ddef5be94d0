package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.format.tree.PackId;
import io.kvbackup.repository.tree.PackName.Mark;
import io.kvbackup.repository.tree.PackName.MarkKind;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackNameTest {
    private static final Instant BEGUN = Instant.parse("2026-11-20T12:00:00.007Z");
    private static final PackName NAME = new PackName("orders", new PackId(BEGUN.toEpochMilli(), 0xAB));

    @Test
    void looksAsDocumented() {
        assertThat(NAME.objectName()).isEqualTo("packs/orders/2026-11-20T12:00:00.007Z-00000000000000ab.pack");
        assertThat(new Mark(NAME, MarkKind.REMOVED, BEGUN).objectName())
                .isEqualTo(NAME.objectName() + ".removed.2026-11-20T12:00:00.007Z");
        assertThat(PackName.folder("orders")).isEqualTo("packs/orders/");
    }

    @Test
    void nameAndIdGiveEachOther() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            PackId id = new PackId(random.nextLong(-10_000_000_000_000L, 250_000_000_000_000L), random.nextLong());
            PackName name = new PackName("dätabase.pack 7", id);
            assertThat(PackName.parse(name.objectName())).contains(name);
            Mark mark = new Mark(name, i % 2 == 0 ? MarkKind.REMOVED : MarkKind.FAILED, BEGUN.plusMillis(i));
            assertThat(PackName.parseMark(mark.objectName())).contains(mark);
            assertThat(PackName.parse(mark.objectName())).isEmpty();
            assertThat(PackName.parseMark(name.objectName())).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "packs/orders/2026-11-20T12:00:00.007Z-00000000000000ab",
                "packs/orders/2026-11-20T12:00:00.007Z-00000000000000AB.pack",
                "packs/orders/2026-11-20T12:00:00.007Z-0000000000000ab.pack",
                "packs/orders/2026-11-20T12:00:00.007Z-000000000000000ab.pack",
                "packs/orders/2026-11-20T12:00:00Z-00000000000000ab.pack",
                "packs/orders/2026-11-20T12:00:00.007+00:00-00000000000000ab.pack",
                "packs/orders/2026-02-30T12:00:00.007Z-00000000000000ab.pack",
                "packs/orders/2026-11-20T24:00:00.000Z-00000000000000ab.pack",
                "packs/orders/2016-12-31T23:59:60.000Z-00000000000000ab.pack",
                "packs/orders/x/2026-11-20T12:00:00.007Z-00000000000000ab.pack",
                "packs//2026-11-20T12:00:00.007Z-00000000000000ab.pack",
                "packs/2026-11-20T12:00:00.007Z-00000000000000ab.pack",
                "backups/orders/2026-11-20T12:00:00.007Z-00000000000000ab.pack",
                "packs/orders/2026-11-20T12:00:00.007Z-00000000000000ab.pack.tmp",
                "packs/orders/2026-11-20T12:00:00.007Z-00000000000000ab.pack\n",
                "packs/orders/2026-11-20T12:00:00.007Z-00000000000000ab.pack.removed",
                "packs/orders/2026-11-20T12:00:00.007Z-00000000000000ab.pack.removed.2026-02-30T12:00:00.000Z",
                "packs/orders/2026-11-20T12:00:00.007Z-00000000000000ab.pack.verified.2026-11-20T12:00:00.007Z",
                "packs/orders/2026-11-20T12:00:00.007Z-00000000000000ab.pack.removed.2026-11-20T12:00:00.007Z.x",
                ""
            })
    void whatIsNotOursIsNotParsed(String name) {
        assertThat(PackName.parse(name)).isEmpty();
        assertThat(PackName.parseMark(name)).isEmpty();
    }

    @Test
    void aStampThatNoNameTakesIsParsedByNobody() {
        PackName name = new PackName("orders", new PackId(Long.MAX_VALUE, 0));
        assertThat(PackName.parse(name.objectName())).isEmpty();
    }
}
