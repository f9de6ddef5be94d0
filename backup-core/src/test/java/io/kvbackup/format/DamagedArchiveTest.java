package io.kvbackup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.pipeline.Damage;
import io.kvbackup.pipeline.FailingInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedArchiveTest {
    private static byte[] archive(String format, boolean full, Random random) throws IOException {
        DatabaseBackup plain = DatabaseBackup.of(
                "plain",
                RandomDatabases.set("json", Encoding.TEXT, Encoding.JSON, random),
                RandomDatabases.set("bytes", Encoding.BINARY, Encoding.BINARY, random));
        return full
                ? Archives.writeFull(format, List.of(plain, RandomDatabases.database("random", random)))
                : Archives.write(format, plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void damageIsRefusedOrHarmlessButNeverAnyOtherException(String format) throws IOException {
        assertRefusedOrHarmless(format, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    @Tag("thorough")
    void muchDamageIsRefusedOrHarmlessButNeverAnyOtherException(String format) throws IOException {
        assertRefusedOrHarmless(format, 4_000);
    }

    private static void assertRefusedOrHarmless(String format, int rounds) throws IOException {
        long seed = 4711;
        Random random = new Random(seed);
        int refused = 0;
        byte[] whole = {};
        for (int round = 0; round < rounds; round++) {
            whole = round % 20 == 0 ? archive(format, round % 40 == 0, random) : whole;
            byte[] damaged = Damage.apply(whole, random);
            try {
                Archives.read(format, damaged, round % 3 == 0 ? Fidelity.COMPACT : Fidelity.VERBATIM);
            } catch (CorruptBackupException expected) {
                assertThat(expected).hasMessageMatching("(?s).{5,}");
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError(format + ", seed " + seed + ", round " + round, e);
            }
        }
        assertThat(refused).describedAs("seed %d", seed).isGreaterThan(rounds / 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void everyTruncationIsRefused(String format) throws IOException {
        for (boolean full : new boolean[] {false, true}) {
            byte[] whole = archive(format, full, new Random(8));
            int step = format.equals("tar") ? 64 : 1;
            for (int length = 0; length < whole.length; length += step) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> Archives.read(format, cut))
                        .describedAs("%d of %d bytes", length, whole.length)
                        .isInstanceOf(CorruptBackupException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void anythingBehindTheEndIsRefused(String format) throws IOException {
        byte[] whole = archive(format, true, new Random(9));
        for (int extra : new int[] {1, 2, 512, 100_000}) {
            byte[] longer = Arrays.copyOf(whole, whole.length + extra);
            Arrays.fill(longer, whole.length, longer.length, (byte) 'x');
            assertThatThrownBy(() -> Archives.read(format, longer)).isInstanceOf(CorruptBackupException.class);
        }
        byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
        System.arraycopy(whole, 0, twice, whole.length, whole.length);
        assertThatThrownBy(() -> Archives.read(format, twice)).isInstanceOf(CorruptBackupException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void failureOfTheSourcePassesUnchanged(String format) throws IOException {
        byte[] whole = archive(format, true, new Random(10));
        for (int offset = 0; offset < whole.length; offset += 97) {
            IOException lost = new IOException("connection lost");
            FailingInputStream source = new FailingInputStream(whole, offset, lost);
            assertThatThrownBy(
                            () -> ArchiveFormats.named(format).read(source, Fidelity.VERBATIM, new ArchiveCollector()))
                    .describedAs("after %d bytes", offset)
                    .isSameAs(lost);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor", "tar"})
    void failureOfTheVisitorPassesUnchanged(String format) throws IOException {
        byte[] whole = archive(format, true, new Random(11));
        for (Exception failure : List.of(new IOException("disk full"), new IllegalStateException("bug of the host"))) {
            ArchiveCollector collector = new ArchiveCollector();
            ArchiveVisitor failing = new FailingVisitor(collector, failure);
            assertThatThrownBy(() -> ArchiveFormats.named(format)
                            .read(new ByteArrayInputStream(whole), Fidelity.VERBATIM, failing))
                    .isSameAs(failure);
        }
    }

    /** Fails at the first entry. */
    private record FailingVisitor(ArchiveVisitor to, Exception failure) implements ArchiveVisitor {
        @Override
        public void beginDatabase(String name) throws IOException {
            to.beginDatabase(name);
        }

        @Override
        public EntryVisitor beginSet(SetBackup header) throws IOException {
            to.beginSet(header);
            return (key, value) -> {
                if (failure instanceof IOException e) {
                    throw e;
                }
                throw (RuntimeException) failure;
            };
        }

        @Override
        public void endSet() throws IOException {
            to.endSet();
        }

        @Override
        public void endDatabase(DatabaseBackup header) throws IOException {
            to.endDatabase(header);
        }

        @Override
        public void metadata(BackupMetadata metadata) throws IOException {
            to.metadata(metadata);
        }
    }
}
