package io.kvbackup.database.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.contract.ChangeModel;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.StringAppendOperator;

/** Operands of merge operators are replicated as merged values. */
class RocksDbMergeLogTest {
    @TempDir
    private Path folder;

    @Test
    void mergedValuesAreThoseOfOneMoment() throws Exception {
        long seed = System.nanoTime();
        System.out.println("mergedValuesAreThoseOfOneMoment: seed " + seed);
        Random random = new Random(seed);
        try (StringAppendOperator append = new StringAppendOperator(',');
                TestRocksDb rocks =
                        new TestRocksDb(folder.resolve("db"), new ColumnFamilyOptions().setMergeOperator(append))) {
            ChangeLog log = rocks.builder().build().changeLog().orElseThrow();
            ChangeModel model = ChangeModel.startingWith(Map.of());
            try (ChangeReader reader = log.open(log.position())) {
                for (int i = 0; i < 200; i++) {
                    step(rocks, random);
                    if (random.nextInt(3) == 0) {
                        model.readAll(reader);
                        DatabaseContents.assertSame(model.entries("first"), rocks.read("first"), "seed " + seed);
                        assertThat(model.lastPosition()).isEqualTo(log.position());
                        assertThat(log.proof(model.lastPosition())).hasSize(32);
                    }
                }
            }
        }
    }

    private static void step(TestRocksDb rocks, Random random) throws Exception {
        byte[] key = ("key " + random.nextInt(5)).getBytes(UTF_8);
        byte[] value = Integer.toString(random.nextInt(100)).getBytes(UTF_8);
        switch (random.nextInt(5)) {
            case 0, 1 -> rocks.db().merge(rocks.handle("first"), key, value);
            case 2 -> rocks.write(List.of(new Write("first", key, null)));
            case 3 -> rocks.db().deleteRange(rocks.handle("first"), "key 1".getBytes(UTF_8), "key 3".getBytes(UTF_8));
            default -> rocks.write(List.of(new Write("first", key, value)));
        }
    }
}
