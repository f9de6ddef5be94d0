package io.kvbackup.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive that nothing vouches for does not take the host's memory, in no format. */
class RoomTest {
    private static final long GIBIBYTE = 1L << 30;
    private static final Room ROOM = Room.ofHeap(64 << 20);

    /** Something that goes on for a gibibyte. */
    private static final class Endless extends InputStream {
        private final byte fill;
        private long left = GIBIBYTE;

        Endless(char fill) {
            this.fill = (byte) fill;
        }

        @Override
        public int read() {
            return left-- > 0 ? fill : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            int count = (int) Math.min(length, left);
            Arrays.fill(to, offset, offset + count, fill);
            left -= count;
            return count == 0 ? -1 : count;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    private record Bomb(String name, String format, byte[] start, Endless tail) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Bomb json(String name, String start, char fill) {
        return new Bomb("json " + name, "json", start.getBytes(UTF_8), new Endless(fill));
    }

    private static Bomb cbor(String name, int... start) {
        byte[] bytes = new byte[start.length];
        for (int i = 0; i < start.length; i++) {
            bytes[i] = (byte) start[i];
        }
        return new Bomb("cbor " + name, "cbor", bytes, new Endless('a'));
    }

    private static Bomb tar(String name, String path, byte type) throws IOException {
        ByteArrayOutputStream start = new ByteArrayOutputStream();
        TarArchiveOutputStream tar = new TarArchiveOutputStream(start);
        byte[] set = "{\"name\":\"s\",\"encoding\":{\"keys\":\"BINARY\",\"values\":\"BINARY\"}}".getBytes(UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry("db/s/set.json");
        entry.setSize(set.length);
        tar.putArchiveEntry(entry);
        tar.write(set);
        tar.closeArchiveEntry();
        TarArchiveEntry large = new TarArchiveEntry(path, type);
        large.setSize(GIBIBYTE);
        tar.putArchiveEntry(large);
        return new Bomb("tar " + name, "tar", start.toByteArray(), new Endless('1'));
    }

    private static Stream<Bomb> bombs() throws IOException {
        String set = "{\"name\":\"db\",\"sets\":{\"s\":{\"data\":{\"";
        int[] toSets = {0xbf, 0x64, 's', 'e', 't', 's', 0xbf};
        int[] toData = {0xbf, 0x64, 's', 'e', 't', 's', 0xbf, 0x61, 's', 0xbf, 0x64, 'd', 'a', 't', 'a', 0x9f};
        return Stream.of(
                json("key", set, 'a'),
                json("value", set + "k\":\"", 'a'),
                json("number", set + "k\":", '1'),
                json("name of the database", "{\"name\":\"", 'a'),
                json("name of a set", "{\"sets\":{\"", 'a'),
                json("name of a field", "{\"", 'a'),
                json("indexes", "{\"indexes\":[1", '1'),
                json("auth", "{\"auth\":\"", 'a'),
                cbor("key", join(toData, 0x5a, 0x40, 0, 0, 0)),
                cbor("value", join(toData, 0x41, 1, 0x5a, 0x40, 0, 0, 0)),
                cbor("value in parts", join(toData, 0x41, 1, 0x5f, 0x5a, 0x40, 0, 0, 0)),
                cbor("name of a set", join(toSets, 0x7a, 0x40, 0, 0, 0)),
                cbor("name of a field", 0xbf, 0x7a, 0x40, 0, 0, 0),
                cbor("name of the database", 0xbf, 0x64, 'n', 'a', 'm', 'e', 0x7a, 0x40, 0, 0, 0),
                cbor("auth", 0xbf, 0x64, 'a', 'u', 't', 'h', 0x9a, 0x40, 0, 0, 0),
                tar("value", "db/s/data/k", (byte) '0'),
                tar("set", "db/t/set.json", (byte) '0'),
                tar("database", "db/database.json", (byte) '0'),
                tar("extended header", "PaxHeaders/path", (byte) 'x'),
                tar("long name", "././@LongLink", (byte) 'L'));
    }

    private static int[] join(int[] start, int... more) {
        int[] all = Arrays.copyOf(start, start.length + more.length);
        System.arraycopy(more, 0, all, start.length, more.length);
        return all;
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void aBombIsRefusedBeforeItIsHeld(Bomb bomb) {
        InputStream in = new SequenceInputStream(new ByteArrayInputStream(bomb.start()), bomb.tail());
        assertThatThrownBy(() -> ArchiveFormats.named(bomb.format()).read(in, Fidelity.COMPACT, ROOM, new Discarding()))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("(?s).*(larger -Xmx|damaged|archive: ).*");
        assertThat(GIBIBYTE - bomb.tail().left).isLessThan(ROOM.piece() + (2 << 20));
    }

    private static Stream<Arguments> formats() {
        return ArchiveFormats.names().stream().map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void manyEntriesOfAnySizeTakeNoRoom(String format) throws IOException {
        Room small = new Room(200_000, 10_000);
        SetBackup set = new SetBackup("s", Encoding.BINARY, Encoding.BINARY);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ArchiveWriter writer = ArchiveFormats.named(format).writer(out, ArchiveShape.DATABASE);
        writer.beginDatabase("db");
        EntryVisitor entries = writer.beginSet(set);
        byte[] value = new byte[10_000];
        new Random(1).nextBytes(value);
        for (int i = 0; i < 500; i++) {
            entries.visit(new byte[] {(byte) (i >> 8), (byte) i}, value);
        }
        writer.endSet();
        writer.endDatabase(DatabaseBackup.of("db", set));
        writer.finish();
        Discarding counter = new Discarding();
        ArchiveFormats.named(format)
                .read(new ByteArrayInputStream(out.toByteArray()), Fidelity.COMPACT, small, counter);
        assertThat(counter.entries).isEqualTo(500);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void namesAreHeldAndCounted(String format) throws IOException {
        SetBackup[] sets = new SetBackup[200];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = new SetBackup("set-" + i, Encoding.BINARY, Encoding.BINARY);
        }
        byte[] archive = Archives.write(format, DatabaseBackup.of("db", sets));
        ArchiveFormat read = ArchiveFormats.named(format);
        read.read(new ByteArrayInputStream(archive), Fidelity.COMPACT, new Room(4 << 20, 200_000), new Discarding());
        assertThatThrownBy(() -> read.read(
                        new ByteArrayInputStream(archive),
                        Fidelity.COMPACT,
                        new Room(4 << 20, 20_000),
                        new Discarding()))
                .isInstanceOf(TooLargeException.class)
                .hasMessageContaining("names of its databases and sets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "cbor"})
    void whatIsPassedOverTakesNoRoom(String format) throws IOException {
        byte[] unknown = format.equals("json")
                ? ("{\"more\":\"" + "x".repeat(3_000_000) + "\",\"name\":\"db\",\"sets\":{}}").getBytes(UTF_8)
                : cborWithUnknownFields();
        Room small = new Room(500_000, 10_000);
        ArchiveFormats.named(format).read(new ByteArrayInputStream(unknown), Fidelity.COMPACT, small, new Discarding());
    }

    private static byte[] cborWithUnknownFields() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {(byte) 0xbf, 0x64, 'm', 'o', 'r', 'e', (byte) 0x9f});
        for (int i = 0; i < 30; i++) {
            out.write(new byte[] {0x7a, 0, 0x01, (byte) 0x86, (byte) 0xa0});
            out.write("x".repeat(100_000).getBytes(UTF_8));
        }
        out.write(new byte[] {(byte) 0xff, 0x64, 'n', 'a', 'm', 'e', 0x62, 'd', 'b', (byte) 0xff});
        return out.toByteArray();
    }

    private static final class Discarding implements ArchiveVisitor {
        private long entries;

        @Override
        public void beginDatabase(String name) {}

        @Override
        public EntryVisitor beginSet(SetBackup header) {
            return (key, value) -> entries++;
        }

        @Override
        public void endSet() {}

        @Override
        public void endDatabase(DatabaseBackup header) {}

        @Override
        public void metadata(BackupMetadata metadata) {}
    }
}
