package io.kvbackup.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {
    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void oneDatabaseComesBackByteForByte(String format) throws IOException {
        for (long seed = 0; seed < 150; seed++) {
            DatabaseBackup database = RandomDatabases.database("orders", new Random(seed));
            ArchiveCollector read = Archives.read(format, Archives.write(format, database));
            assertThat(read.databases().values())
                    .describedAs("%s, seed %d", format, seed)
                    .containsExactly(database);
            assertThat(read.metadata()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void allDatabasesComeBackWithTheirSummary(String format) throws IOException {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<DatabaseBackup> databases = new ArrayList<>();
            int count = random.nextInt(4);
            for (int i = 0; i < count; i++) {
                databases.add(RandomDatabases.database(
                        List.of("metadata.json", "b/ü", "..").get(i), random));
            }
            ArchiveCollector read = Archives.read(format, Archives.writeFull(format, databases));
            assertThat(read.databases().values())
                    .describedAs("%s, seed %d", format, seed)
                    .containsExactlyElementsOf(databases);
            assertThat(read.metadata()).isEqualTo(Archives.summary(databases));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void keysAndValuesMayHoldAnyByteAndBeEmptyOrLarge(String format) throws IOException {
        NavigableMap<byte[], byte[]> data = new TreeMap<>(Arrays::compareUnsigned);
        byte[] every = new byte[256];
        for (int i = 0; i < 256; i++) {
            every[i] = (byte) i;
            data.put(new byte[] {(byte) i}, new byte[i]);
        }
        data.put(new byte[0], every);
        data.put(every, new byte[0]);
        byte[] large = new byte[64 * 1024 * 1024];
        Arrays.fill(large, (byte) 0xA5);
        data.put(new byte[] {1, 2}, large);
        data.put(new byte[70_000], new byte[] {1});
        DatabaseBackup database = DatabaseBackup.of("d", new SetBackup("s", Encoding.BINARY, Encoding.BINARY, data));

        ArchiveCollector read = Archives.read(format, Archives.write(format, database));
        assertThat(read.database("d")).isEqualTo(database);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void emptyDatabaseAndEmptySetComeBack(String format) throws IOException {
        DatabaseBackup none = DatabaseBackup.of("none");
        DatabaseBackup empty = DatabaseBackup.of("empty", new SetBackup("s", Encoding.TEXT, Encoding.JSON));

        assertThat(Archives.read(format, Archives.write(format, none))
                        .databases()
                        .values())
                .containsExactly(none);
        assertThat(Archives.read(format, Archives.write(format, empty))
                        .databases()
                        .values())
                .containsExactly(empty);
        assertThat(Archives.read(format, Archives.writeFull(format, List.of())).calls())
                .containsExactly("metadata");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void sourceMayDeliverByteByByte(String format) throws IOException {
        DatabaseBackup database = RandomDatabases.database("orders", new Random(99));
        byte[] archive = Archives.write(format, database);
        InputStream slow = new ByteArrayInputStream(archive) {
            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(length, 1));
            }
        };
        ArchiveCollector collector = new ArchiveCollector();
        assertThat(ArchiveFormats.named(format).read(slow, Fidelity.VERBATIM, collector))
                .isEqualTo(ArchiveShape.DATABASE);
        assertThat(collector.database("orders")).isEqualTo(database);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void sameContentGivesSameBytes(String format) throws IOException {
        DatabaseBackup database = RandomDatabases.database("orders", new Random(5));
        assertThat(Archives.write(format, database)).isEqualTo(Archives.write(format, database));
    }
}
