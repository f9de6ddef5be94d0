package io.kvbackup.format.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes and chunks: golden bytes, any references come back, and there is one spelling of each. */
class NodeTest {
    private static final PackId PACK = new PackId(0x0102030405060708L, 0x1112131415161718L);
    private static final PackId OTHER = new PackId(0x2122232425262728L, 0x3132333435363738L);

    private static Digest digest(int filler) {
        byte[] bytes = new byte[Digest.BYTES];
        Arrays.fill(bytes, (byte) filler);
        return Digest.of(bytes, 0);
    }

    private static Ref chunk(String key, int filler, long entries, int bytes, PackId pack, long frame, int offset) {
        return new Ref(
                0, key.getBytes(UTF_8), digest(filler), entries, bytes, Place.of(pack, frame, 300, offset, bytes));
    }

    /** Two chunks that follow each other, one elsewhere. */
    private static List<Ref> threeChunks() {
        return List.of(
                chunk("apple", 0xA1, 3, 100, PACK, 57, 0),
                chunk("apricot", 0xA2, 1, 200, PACK, 57, 100),
                chunk("b", 0xA3, 2, 50, OTHER, 1000, 7));
    }

    private static final String CONTENT = "03"
            + "0005" + "6170706c65" + "a1".repeat(32) + "03" + "64"
            + "0205" + "7269636f74" + "a2".repeat(32) + "01" + "c801"
            + "0001" + "62" + "a3".repeat(32) + "02" + "32";
    private static final String LOCATIONS = "02"
            + "01020304050607081112131415161718"
            + "21222324252627283132333435363738"
            + "01" + "39" + "ac02" + "00"
            + "00"
            + "02" + "e807" + "ac02" + "07";

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static Ref refTo(int level, byte[] node, int contentBytes, String lastKey, long entries, long bytes) {
        Digest digest = new Digester().digest(level, node, 0, contentBytes);
        return new Ref(level, lastKey.getBytes(UTF_8), digest, entries, bytes, Place.of(PACK, 57, 300, 0, node.length));
    }

    @Test
    void goldenBytesOfANode() throws Exception {
        NewNode node = new NewNode(1, threeChunks());
        byte[] encoded = node.encode();
        assertThat(HexFormat.of().formatHex(encoded)).isEqualTo(CONTENT + LOCATIONS);

        Ref self = node.at(Place.of(PACK, 57, 300, 0, encoded.length));
        assertThat(self.digest().toString())
                .isEqualTo("b8d71cc2eef6d1ace54ba3f9be1071084dc43f33673f4aa34b4f794867d9bff0");
        assertThat(self.entries()).isEqualTo(6);
        assertThat(self.bytes()).isEqualTo(350);
        assertThat(self.lastKey()).isEqualTo("b".getBytes(UTF_8));
        requireSame(Node.decode(self, encoded).refs(), threeChunks());
    }

    @Test
    void goldenBytesOfAChunk() throws Exception {
        List<byte[]> bytes = new ArrayList<>();
        List<Ref> refs = new ArrayList<>();
        Chunker chunker = new Chunker(1024, "test", chunk -> {
            byte[] copy = new byte[chunk.length()];
            chunk.copyTo(copy, 0);
            bytes.add(copy);
            refs.add(TreeBuilder.refTo(chunk));
        });
        chunker.visit("key".getBytes(UTF_8), "v".repeat(200).getBytes(UTF_8));
        chunker.finish();
        assertThat(HexFormat.of().formatHex(bytes.get(0))).isEqualTo("03" + "6b6579" + "c801" + "76".repeat(200));
        assertThat(refs.get(0).digest().toString())
                .isEqualTo("676039df0718a0cc03973b540acb50cc20b22203c99ee873d2db0b7360b7c5d3");
    }

    private static void requireSame(List<Ref> actual, List<Ref> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            Ref ref = actual.get(i);
            Ref like = expected.get(i);
            assertThat(ref.lastKey()).isEqualTo(like.lastKey());
            assertThat(List.of(ref.level(), ref.digest(), ref.entries(), ref.bytes(), ref.place()))
                    .isEqualTo(List.of(like.level(), like.digest(), like.entries(), like.bytes(), like.place()));
        }
    }

    @Test
    void anyReferencesComeBack() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("NodeTest: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            int level = 1 + random.nextInt(4);
            List<Ref> refs = refs(random, level - 1);
            NewNode node = new NewNode(level, refs);
            byte[] encoded = node.encode();
            Ref self = node.at(Place.of(OTHER, 1, 20, 0, encoded.length));
            Node decoded = Node.decode(self, encoded);
            requireSame(decoded.refs(), refs);
            assertThat(new NewNode(level, decoded.refs()).encode())
                    .as("seed %d", seed)
                    .isEqualTo(encoded);
            assertThat(Node.holding(decoded.refs())).containsSame(self);
            assertThat(Node.holding(refs)).isEmpty();
            if (refs.size() > 1) {
                assertThat(Node.holding(decoded.refs().subList(0, refs.size() - 1)))
                        .isEmpty();
                assertThat(Node.holding(decoded.refs().subList(1, refs.size()))).isEmpty();
            }
        }
    }

    private static List<Ref> refs(Random random, int level) {
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = random.nextInt(random.nextInt(20) == 0 ? Node.MAX_REFS : 40); i >= 0; i--) {
            byte[] key = new byte[random.nextInt(5)];
            random.nextBytes(key);
            keys.add(key);
        }
        List<Ref> refs = new ArrayList<>();
        long frame = 57;
        int offset = 0;
        for (byte[] key : keys) {
            int entries = 1 + random.nextInt(1_000);
            int length = 2 * entries + random.nextInt(100);
            if (random.nextInt(3) == 0) {
                frame += random.nextInt(3) * 10_000_000_000L;
                offset = random.nextInt(100_000);
            }
            PackId pack = random.nextInt(10) == 0 ? OTHER : PACK;
            Place place = Place.of(pack, frame, 130_000, offset, level == 0 ? length : length / 2);
            refs.add(new Ref(level, key, digest(random.nextInt()), entries, length, place));
            offset += place.length();
        }
        return refs;
    }

    /** Other bytes that would mean the same, or nothing; the digest is made to fit, as a forger would. */
    @ParameterizedTest
    @CsvSource({
        // the first is what is replaced, once
        "030005, 04000005, references",
        "030005, 040005, left",
        "030005, 020005, bytes too many",
        "0005617070, 0105617070, shared prefix",
        "0205726963, 0106707269, keys do not ascend",
        "0205726963, 0605726963, shared prefix",
        "000162a3, 0001617a, keys do not ascend",
        "0364, 0064, entries",
        "0364, 3364, entries",
        "0364, 038000, shortest",
        "0364, 03e400, shortest"
    })
    void refusesOtherSpellingsOfTheContent(String good, String bad, String complaint) {
        String content = CONTENT.replaceFirst(good, bad);
        assertThat(content).isNotEqualTo(CONTENT);
        byte[] node = bytes(content + LOCATIONS);
        for (long entries : new long[] {6, 3, 1, 4}) {
            Ref self = refTo(1, node, content.length() / 2, "b", entries, 350);
            assertThatThrownBy(() -> Node.decode(self, node))
                    .as(complaint)
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining(PACK.toString())
                    .hasMessageContaining("frame at 57");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "020102, 030102",
        "020102, 010102",
        "020102, 820002",
        "2122232425262728313233343536373801, 0102030405060708111213141516171801",
        "0139ac0200, 0239ac0200",
        "0139ac0200, 0339ac0200",
        "0139ac0200, 0039ac0200",
        "0139ac0200, 01390000",
        "0139ac0200, 01ffffffffffffffffff7fac0200",
        "0139ac0200, 0139ffffffff0f00",
        "0139ac0200, 0139ac02ffffffff07",
        "0002e807, 0139ac026402e807",
        "0002e807, 0003e807",
        "0002e807ac0207, 0001e807ac0207",
        "e807ac0207, e807ac020700",
        "e807ac0207, e807ac02"
    })
    void refusesOtherSpellingsOfTheLocations(String good, String bad) {
        String locations = LOCATIONS.replaceFirst(good, bad);
        assertThat(locations).isNotEqualTo(LOCATIONS);
        byte[] node = bytes(CONTENT + locations);
        Ref self = refTo(1, node, CONTENT.length() / 2, "b", 6, 350);
        assertThatThrownBy(() -> Node.decode(self, node))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining(PACK.toString());
    }

    @Test
    void refusesANodeThatSaysOtherThanWhoRefersToIt() throws Exception {
        byte[] node = bytes(CONTENT + LOCATIONS);
        int content = CONTENT.length() / 2;
        Node.decode(refTo(1, node, content, "b", 6, 350), node);
        for (Ref self : List.of(
                refTo(1, node, content, "c", 6, 350),
                refTo(1, node, content, "b", 7, 350),
                refTo(1, node, content, "b", 6, 351),
                refTo(1, node, content + 1, "b", 6, 350),
                new Ref(1, new byte[] {'b'}, digest(1), 6, 350, Place.of(PACK, 57, 300, 0, node.length)))) {
            assertThatThrownBy(() -> Node.decode(self, node)).isInstanceOf(CorruptBackupException.class);
        }
        // A node of level 2 has the same form, and no chunk or node of another level its digest.
        Ref level2 = refTo(1, node, content, "b", 6, 350);
        Ref forged = new Ref(2, level2.lastKey(), level2.digest(), 6, 350, level2.place());
        assertThatThrownBy(() -> Node.decode(forged, node)).hasMessageContaining("digest");
    }

    @Test
    void refusesEveryFlippedBitOfTheContentAndEveryCut() throws Exception {
        byte[] node = bytes(CONTENT + LOCATIONS);
        Ref self = refTo(1, node, CONTENT.length() / 2, "b", 6, 350);
        for (int bit = 0; bit < CONTENT.length() / 2 * 8; bit++) {
            byte[] bad = node.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> Node.decode(self, bad))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptBackupException.class);
        }
        for (int length = 0; length < node.length; length++) {
            byte[] cut = Arrays.copyOf(node, length);
            assertThatThrownBy(() -> Node.decode(self, cut)).isInstanceOf(CorruptBackupException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "016100016200, 2, 2, b, ''",
        "016100016200, 3, 2, b, entries",
        "016100016200, 2, 2, a, last key",
        "016200016100, 2, 2, a, ascend",
        "016100016100, 2, 2, a, ascend",
        "81006100016200, 2, 2, b, shortest",
        "016100016201, 2, 2, b, value",
        "016100056200, 2, 2, b, key",
        "0161000162, 2, 2, b, value",
        "016100ffffffffffffffffff01, 2, 2, b, 2^63",
        "016100ffffffff0f6200, 2, 2, b, key"
    })
    void refusesOtherSpellingsOfAChunk(String hex, int entries, int least, String lastKey, String complaint)
            throws IOException {
        byte[] chunk = bytes(hex);
        Ref self = new Ref(
                0,
                lastKey.getBytes(UTF_8),
                new Digester().digest(0, chunk, 0, chunk.length),
                Math.max(entries, least),
                chunk.length,
                Place.of(PACK, 57, 300, 0, chunk.length));
        if (complaint.isEmpty()) {
            ChunkCursor.readAll(self, chunk, (key, value) -> {});
            return;
        }
        assertThatThrownBy(() -> ChunkCursor.readAll(self, chunk, (key, value) -> {}))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining(complaint)
                .hasMessageContaining(PACK.toString());
    }

    @Test
    void refusesAChunkWithAnotherDigestOrAPlaceBeyondTheFrame() {
        byte[] chunk = bytes("016100016200");
        Digest digest = new Digester().digest(0, chunk, 0, chunk.length);
        Ref other = new Ref(0, new byte[] {'b'}, digest(7), 2, 6, Place.of(PACK, 57, 300, 0, 6));
        assertThatThrownBy(() -> ChunkCursor.open(other, chunk)).hasMessageContaining("digest");
        Ref beyond = new Ref(0, new byte[] {'b'}, digest, 2, 6, Place.of(PACK, 57, 300, 1, 6));
        assertThatThrownBy(() -> ChunkCursor.open(beyond, chunk))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("holds 6 bytes");
    }

    @Test
    void varintsComeBack() throws Exception {
        for (int bits = 0; bits < 63; bits++) {
            for (long value : new long[] {1L << bits, (1L << bits) - 1, (1L << bits) + 1}) {
                BytesOut out = new BytesOut(1).varint(value);
                assertThat(out.size()).isEqualTo(BytesOut.varintBytes(value));
                BytesIn in = new BytesIn(out.array(), 0, out.size(), "test");
                assertThat(in.varint("number")).isEqualTo(value);
                in.requireEnd();
            }
        }
    }
}
