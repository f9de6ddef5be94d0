package io.kvbackup.format.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The bytes of packs, and what is refused. */
class PackTest {
    private static final PackId ID = new PackId(0x0102030405060708L, 0x1112131415161718L);

    private static RandomEntries few(int count) {
        RandomEntries entries = new RandomEntries();
        Random random = new Random(2);
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[100];
            random.nextBytes(value);
            entries.put(("key" + i).getBytes(UTF_8), value);
        }
        return entries;
    }

    @Test
    void goldenBytesOfAPackThatZstdDoesNotShrink() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Ref ref;
        try (PackWriter pack = new PackWriter(out, ID, null, Runnable::run)) {
            ref = addOne(pack, HexFormat.of().parseHex("00ff10ee20dd30cc"));
            assertThat(ref.place().isSettled()).isFalse();
            assertThatThrownBy(() -> ref.place().frameOffset()).isInstanceOf(IllegalStateException.class);
            pack.finish();
        }
        byte[] pack = out.toByteArray();
        String chunk = "01" + "6b" + "08" + "00ff10ee20dd30cc";
        String expected = HexFormat.of().formatHex("KVBPACK1".getBytes(UTF_8))
                + "00" + "01020304050607081112131415161718"
                + "02" + "0000000b" + "0000000b" + crc(chunk) + chunk;
        assertThat(HexFormat.of().formatHex(pack)).startsWith(expected + "05");

        int footer = expected.length() / 2;
        String numbers = String.format("%016x%08x", footer, pack.length - 24 - footer);
        assertThat(HexFormat.of().formatHex(pack))
                .endsWith(numbers + crc(numbers) + HexFormat.of().formatHex("KVBPEND1".getBytes(UTF_8)));
        assertThat(ref.place()).isEqualTo(Place.of(ID, 25, 24, 0, 11));

        PackFooter read = footer(pack);
        assertThat(read.frames()).containsExactly(new PackFooter.Frame(FrameKind.CHUNKS_RAW, 25, 11, 11));
        String digest = ref.digest().toString();
        String refs = "01" + "00" + "0001" + "6b" + digest + "01" + "0b" + "01" + "01020304050607081112131415161718"
                + "01" + "19" + "18" + "00";
        assertThat(HexFormat.of().formatHex(read.encode()))
                .isEqualTo("01" + "02" + "19" + "0b" + "0b" + "01" + "05" + "6974656d73" + refs);
    }

    private static Ref addOne(PackWriter pack, byte[] value) throws IOException {
        Ref[] ref = new Ref[1];
        Chunker chunker = new Chunker(3072, "test", chunk -> ref[0] = pack.add("items", chunk));
        chunker.visit(new byte[] {'k'}, value);
        chunker.finish();
        return ref[0];
    }

    private static String crc(String hex) {
        CRC32C crc = new CRC32C();
        crc.update(HexFormat.of().parseHex(hex));
        return String.format("%08x", crc.getValue());
    }

    private static PackFooter footer(byte[] pack) throws IOException {
        PackTrailer trailer = PackTrailer.decode(pack, pack.length, ID);
        int from = Math.toIntExact(trailer.footerOffset());
        try (FrameReader frames = new FrameReader()) {
            return frames.readFooter(trailer, ID, Arrays.copyOfRange(pack, from, pack.length), null);
        }
    }

    @Test
    void checksumsShowEveryChangedByteWithoutAnyTree() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PackWriter writer = new PackWriter(out, ID, null, Runnable::run)) {
            addOne(writer, HexFormat.of().parseHex("00ff10ee20dd30cc"));
            writer.finish();
        }
        byte[] pack = out.toByteArray();
        FrameChecks.check(new ByteArrayInputStream(pack), ID, false);

        for (int at = 0; at < pack.length; at++) {
            // Kind and plain length of a frame are no part of its checksum; whoever decodes it finds them.
            if (isOutsideOfChecksums(at)) {
                continue;
            }
            byte[] changed = pack.clone();
            changed[at] ^= 1;
            int where = at;
            assertThatThrownBy(() -> FrameChecks.check(new ByteArrayInputStream(changed), ID, false))
                    .as("byte %d", where)
                    .isInstanceOf(CorruptBackupException.class);
            byte[] cut = Arrays.copyOf(pack, at);
            assertThatThrownBy(() -> FrameChecks.check(new ByteArrayInputStream(cut), ID, false))
                    .as("cut at %d", where)
                    .isInstanceOf(CorruptBackupException.class);
        }
        byte[] longer = Arrays.copyOf(pack, pack.length + 1);
        assertThatThrownBy(() -> FrameChecks.check(new ByteArrayInputStream(longer), ID, false))
                .hasMessageContaining("goes on");
    }

    @Test
    void aPackIsTheSameWhoeverCompressesItsFrames() throws Exception {
        RandomEntries entries = RandomEntries.orders(8_000);
        byte[] alone = packOf(entries, Runnable::run);

        assertThat(alone).hasSizeGreaterThan(250_000);
        assertThat(packOf(entries, task -> {})).as("no thread has time").isEqualTo(alone);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            assertThat(packOf(entries, threads)).isEqualTo(alone);
        } finally {
            threads.shutdownNow();
        }
    }

    private static byte[] packOf(RandomEntries entries, Executor executor) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PackWriter pack = new PackWriter(out, ID, null, executor)) {
            TreeBuilder builder = new TreeBuilder((level, refs) -> pack.addNode("items", level, refs));
            Chunker chunker = new Chunker(3072, "test", chunk -> builder.add(pack.add("items", chunk)));
            EntryBatch batch = new EntryBatch(1_000);
            for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
                batch.add(entry.getKey(), entry.getValue());
            }
            chunker.visitAll(batch);
            chunker.finish();
            builder.finish();
            pack.finish();
        }
        return out.toByteArray();
    }

    private static boolean isOutsideOfChecksums(int at) {
        int second = PackHeader.BYTES + FrameHead.BYTES + 11;
        return (at >= PackHeader.BYTES && at <= PackHeader.BYTES + 4) || (at > second && at <= second + 4);
    }

    @Test
    void anEmptyPackIsOne() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PackWriter pack = new PackWriter(out, ID, null, Runnable::run)) {
            assertThat(pack.isEmpty()).isTrue();
            pack.finish();
        }
        assertThat(footer(out.toByteArray())).isEqualTo(new PackFooter(List.of(), java.util.Map.of()));
    }

    /** Reads a pack as a verification does: all of it, against the reference to its tree. */
    private static void verify(MemoryTree tree, Ref root) throws IOException {
        PackId id = root.place().pack();
        byte[] pack = tree.packs.get(id);
        PackHeader.decode(Arrays.copyOf(pack, Math.min(pack.length, PackHeader.BYTES)), id, false);
        for (PackFooter.Frame frame : tree.footer(id).frames()) {
            tree.frame(frame, id);
        }
        tree.read(Optional.of(root));
    }

    @Test
    void everyFlippedBitIsFound() throws Exception {
        MemoryTree tree = new MemoryTree(1 << 20, null);
        RandomEntries entries = few(60);
        entries.put("zeros".getBytes(UTF_8), new byte[7_000]);
        Ref root = tree.write(entries, Optional.empty()).orElseThrow();
        PackId id = root.place().pack();
        verify(tree, root);
        byte[] good = tree.packs.get(id);
        Random random = new Random(1);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            requireRefused(tree, root, bad, "byte " + at);
        }
        for (int length = 0; length < good.length; length += 1 + length / 40) {
            requireRefused(tree, root, Arrays.copyOf(good, length), "length " + length);
        }
        requireRefused(tree, root, Arrays.copyOf(good, good.length + 1), "longer");
    }

    private static void requireRefused(MemoryTree tree, Ref root, byte[] bad, String what) {
        tree.replace(root.place().pack(), bad);
        assertThatThrownBy(() -> verify(tree, root)).as(what).isInstanceOf(CorruptBackupException.class);
    }

    @Test
    void aFrameThatIsReadForSomethingElseIsRefused() throws Exception {
        MemoryTree tree = new MemoryTree(1 << 20, null);
        Ref root = tree.write(few(300), Optional.empty()).orElseThrow();
        Ref chunk = tree.node(root).refs().get(0);
        Place place = root.place();
        Ref asChunk = new Ref(
                0,
                root.lastKey(),
                root.digest(),
                1,
                place.length(),
                Place.of(place.pack(), place.frameOffset(), place.frameLength(), place.offset(), place.length()));
        assertThatThrownBy(() -> tree.decoded(asChunk))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("should be of [CHUNKS_ZSTD, CHUNKS_RAW]");
        assertThatThrownBy(() -> Node.decode(chunk, new byte[9])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ChunkCursor.open(root, new byte[9])).isInstanceOf(IllegalArgumentException.class);
        Ref shifted = new Ref(
                1,
                root.lastKey(),
                root.digest(),
                root.entries(),
                root.bytes(),
                Place.of(place.pack(), place.frameOffset(), place.frameLength() - 1, 0, place.length()));
        assertThatThrownBy(() -> tree.decoded(shifted)).isInstanceOf(CorruptBackupException.class);
    }

    @Test
    void aForgedLengthTakesNoMemory() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int plain : new int[] {Integer.MAX_VALUE, 1 << 30, 100 << 20}) {
            byte[] frame = forged(plain);
            Ref ref = new Ref(0, new byte[] {1}, new Digest(0, 0, 0, 0), 1, 10, Place.of(ID, 25, frame.length, 0, 10));
            try (FrameReader frames = new FrameReader()) {
                long before = threads.getCurrentThreadAllocatedBytes();
                assertThatThrownBy(() -> frames.read(ref, frame, 0, null))
                        .isInstanceOf(CorruptBackupException.class)
                        .hasMessageContaining(String.valueOf(plain));
                assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
            }
        }
    }

    /** A whole frame of 200,000 zeros, but for the claim in its head. */
    private static byte[] forged(int plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrameWriter frames = new FrameWriter(out, null, 0)) {
            frames.write(FrameKind.CHUNKS_ZSTD, new byte[200_000], 200_000);
        }
        byte[] frame = out.toByteArray();
        ByteBuffer.wrap(frame).putInt(1, plain);
        return frame;
    }

    @Test
    void largeFramesComeBackHoweverWellTheyShrink() throws Exception {
        try (FrameCompression compression = new FrameCompression()) {
            Random random = new Random(1);
            for (int size : new int[] {1, 1 << 20, (1 << 20) + 1, 40_000_000}) {
                byte[] plain = new byte[size];
                for (int i = 0; i < size; i += 1 + random.nextInt(20_000)) {
                    plain[i] = (byte) random.nextInt();
                }
                int length = compression.compress(plain, size);
                byte[] compressed = Arrays.copyOf(compression.compressed(), length);
                assertThat(compression.decompress(compressed, 0, length, size, "test"))
                        .isEqualTo(plain);
                for (int other : new int[] {size - 1, size + 1}) {
                    assertThatThrownBy(() -> compression.decompress(compressed, 0, length, other, "test"))
                            .isInstanceOf(CorruptBackupException.class);
                }
                assertThatThrownBy(() -> compression.decompress(compressed, 0, length - 1, size, "test"))
                        .isInstanceOf(CorruptBackupException.class);
                compressed[length - 1] ^= 1;
                assertThatThrownBy(() -> compression.decompress(compressed, 0, length, size, "test"))
                        .isInstanceOf(CorruptBackupException.class);
            }
        }
    }

    @Test
    void nodesThatNeedTooMuchMemoryAreWrittenInTheMiddle() throws Exception {
        // Each node refers to chunks of an earlier pack and to one new one, as after changes that are scattered.
        MemoryTree tree = new MemoryTree(64 << 20, null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int nodes = 0;
        try (PackWriter pack = new PackWriter(out, ID, null, Runnable::run)) {
            long most = 0;
            for (int i = 0; i < 15_000; i++) {
                Ref[] refs = new Ref[16];
                for (int j = 0; j < refs.length; j++) {
                    byte[] key = ByteBuffer.allocate(8).putInt(i).putInt(j).array();
                    Place place = Place.of(new PackId(1, 1), 57, 1000, 100 * j, 50);
                    refs[j] = new Ref(0, key, new Digest(i, j, 3, 4), 1, 50, place);
                }
                Ref node = pack.addNode("items", 1, List.of(refs));
                nodes += node.isChunk() ? 0 : 1;
                most = Math.max(most, pack.bytes() - out.size());
            }
            pack.finish();
            assertThat(most).isBetween(7L << 20, 8L << 20);
        }
        byte[] pack = out.toByteArray();
        PackFooter footer = footer(pack);
        assertThat(footer.sets().get("items")).hasSize(nodes);
        tree.packs.put(ID, pack);
        for (Ref ref : footer.sets().get("items")) {
            assertThat(tree.node(ref).refs()).hasSize(16);
        }
    }

    @Test
    void aWriterThatFailsWritesNoPack() throws Exception {
        OutputStream full = new OutputStream() {
            private int left = 5_000;

            @Override
            public void write(int b) throws IOException {
                write(new byte[1], 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                left -= length;
                if (left < 0) {
                    throw new IOException("disk full");
                }
            }
        };
        try (PackWriter pack = new PackWriter(full, ID, null, Runnable::run)) {
            assertThatThrownBy(() -> {
                        addOne(pack, new byte[100]);
                        Chunker chunker = new Chunker(3072, "test", chunk -> pack.add("more", chunk));
                        few(100).pushTo(chunker);
                        chunker.finish();
                        pack.finish();
                    })
                    .hasMessage("disk full");
        }
    }

    @Test
    void trailersAndHeadersAreThoseOfThePack() throws Exception {
        byte[] trailer = new PackTrailer(100, 50).encode();
        assertThat(PackTrailer.decode(trailer, 174, ID)).isEqualTo(new PackTrailer(100, 50));
        for (long length : new long[] {173, 175, 24, 0}) {
            assertThatThrownBy(() -> PackTrailer.decode(trailer, length, ID))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining(ID.toString());
        }
        assertThatThrownBy(() -> PackTrailer.decode(new PackTrailer(10, 50).encode(), 84, ID))
                .isInstanceOf(CorruptBackupException.class);

        byte[] header = new PackHeader(ID, null).encode();
        assertThat(PackHeader.decode(header, ID, false).id()).isEqualTo(ID);
        assertThatThrownBy(() -> PackHeader.decode(header, new PackId(1, 2), false))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("it is of pack " + ID);
        assertThatThrownBy(() -> PackHeader.decode(header, ID, true)).hasMessageContaining("should be encrypted");
        byte[] newer = header.clone();
        newer[7] = '2';
        assertThatThrownBy(() -> PackHeader.decode(newer, ID, false)).hasMessageContaining("update the library");
    }
}
