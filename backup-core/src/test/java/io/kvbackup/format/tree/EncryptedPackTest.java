package io.kvbackup.format.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever has no key can read nothing of a pack, and put nothing else in its place. */
class EncryptedPackTest {
    private static final DataKey KEY = DataKey.of("0123456789abcdef0123456789abcdef".getBytes(UTF_8));
    private static final DataKey OTHER = DataKey.of("fedcba9876543210fedcba9876543210".getBytes(UTF_8));

    private final MemoryTree tree = new MemoryTree(150_000, KEY);
    private RandomEntries entries = new RandomEntries();
    private Optional<Ref> root = Optional.empty();

    @BeforeEach
    void write() throws Exception {
        entries = RandomEntries.orders(6_000);
        root = tree.write(entries, Optional.empty());
        assertThat(tree.packs.size()).isGreaterThan(1);
        assertThat(tree.read(root)).hasSize(6_000);
    }

    private PackId pack(int number) {
        return List.copyOf(tree.packs.keySet()).get(number);
    }

    private List<PackFooter.Frame> frames(int number) throws IOException {
        return tree.footer(pack(number)).frames();
    }

    private void requireRefused(String complaint) {
        assertThatThrownBy(() -> {
                    tree.read(root);
                    for (PackId id : tree.packs.keySet()) {
                        for (PackFooter.Frame frame : tree.footer(id).frames()) {
                            tree.frame(frame, id);
                        }
                    }
                })
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void nothingOfTheEntriesShows() {
        tree.packs.values().forEach(pack -> assertThat(new String(pack, UTF_8)).doesNotContain("order:", "customer"));
    }

    /** By the words of docs/format.md, with the ciphers of the platform alone. */
    @Test
    void aFrameIsEncryptedAsDocumented() throws Exception {
        PackId id = pack(0);
        byte[] pack = tree.packs.get(id);
        PackFooter.Frame frame = frames(0).get(0);
        assertThat(frame.offset()).isEqualTo(57);
        byte[] salt = Arrays.copyOfRange(pack, 25, 57);
        byte[] info = ("kvbackup.pack:" + MemoryTree.name(id)).getBytes(UTF_8);
        BytesOut nonce = new BytesOut(12).int32(0).int64(57);
        BytesOut associated = new BytesOut(25).raw(pack, 57, 9);
        id.write(associated);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, KEY.derive(salt, info), new GCMParameterSpec(128, nonce.toBytes()));
        cipher.updateAAD(associated.toBytes());
        byte[] compressed = cipher.doFinal(pack, 57 + 13, frame.stored());
        try (FrameCompression compression = new FrameCompression()) {
            assertThat(compression.decompress(compressed, 0, compressed.length, frame.plain(), "test"))
                    .isEqualTo(tree.frame(frame, id));
        }
    }

    @Test
    void framesCannotChangePlaces() throws Exception {
        PackId id = pack(0);
        byte[] good = tree.packs.get(id);
        List<PackFooter.Frame> frames = frames(0);
        // Two frames of one length each, cut from the start of the first two.
        PackFooter.Frame first = frames.get(0);
        PackFooter.Frame second = frames.get(1);
        ByteArrayOutputStream swapped = new ByteArrayOutputStream();
        swapped.write(good, 0, (int) first.offset());
        swapped.write(good, (int) second.offset(), second.length());
        swapped.write(good, (int) first.offset(), first.length());
        int rest = (int) second.offset() + second.length();
        swapped.write(good, rest, good.length - rest);
        tree.replace(id, swapped.toByteArray());
        requireRefused("pack " + id);

        // Even for a reader that believes the places to have changed too.
        PackFooter.Frame moved = new PackFooter.Frame(second.kind(), first.offset(), second.stored(), second.plain());
        assertThatThrownBy(() -> tree.frame(moved, id)).hasMessageContaining("not authentic");
    }

    @Test
    void packsCannotChangePlaces() {
        byte[] first = tree.packs.get(pack(0));
        byte[] second = tree.packs.get(pack(1));
        tree.replace(pack(0), second);
        tree.replace(pack(1), first);
        requireRefused("it is of pack");

        // With the id in the header made to fit.
        for (int i = 0; i < 2; i++) {
            BytesOut id = new BytesOut(16);
            pack(i).write(id);
            byte[] forged = (i == 0 ? second : first).clone();
            System.arraycopy(id.array(), 0, forged, 9, 16);
            tree.replace(pack(i), forged);
        }
        assertThatThrownBy(() -> tree.read(root)).isInstanceOf(CorruptBackupException.class);
        assertThatThrownBy(() -> tree.footer(pack(0))).hasMessageContaining("not authentic");
    }

    @Test
    void aFrameOfAnotherPackOfTheSameKeyIsRefused() throws Exception {
        PackFooter.Frame mine = frames(0).get(0);
        PackFooter.Frame other = frames(1).get(0);
        assertThat(other.offset()).isEqualTo(mine.offset());
        byte[] foreign = Arrays.copyOfRange(tree.packs.get(pack(1)), 57, 57 + other.length());
        byte[] pack = Arrays.copyOf(tree.packs.get(pack(0)), 57 + other.length());
        System.arraycopy(foreign, 0, pack, 57, foreign.length);
        tree.replace(pack(0), pack);
        assertThatThrownBy(() -> tree.frame(other, pack(0))).hasMessageContaining("not authentic");
    }

    @Test
    void anotherSaltKeyNameOrLengthIsRefused() throws Exception {
        PackId id = pack(0);
        byte[] good = tree.packs.get(id);
        PackFooter.Frame frame = frames(0).get(0);
        byte[] salted = good.clone();
        salted[30] ^= 1;
        tree.replace(id, salted);
        requireRefused("not authentic");
        tree.replace(id, good);

        PackHeader header = PackHeader.decode(good, id, true);
        try (FrameReader frames = new FrameReader()) {
            for (PackCipher cipher : List.of(
                    PackCipher.forReading(OTHER, MemoryTree.name(id), header),
                    PackCipher.forReading(KEY, MemoryTree.name(id) + "x", header))) {
                assertThatThrownBy(() -> frames.read(frame, id, good, 57, cipher))
                        .hasMessageContaining("not authentic");
            }
        }
        // A head that claims other lengths, with a checksum that fits: the tag covers them.
        byte[] lied = good.clone();
        lied[57 + 4] ^= 1;
        tree.replace(id, lied);
        requireRefused("not authentic");
    }

    @Test
    void aCutFrameIsRefusedEvenIfItsHeadIsMadeToFit() throws Exception {
        PackId id = pack(0);
        byte[] good = tree.packs.get(id);
        PackFooter.Frame frame = frames(0).get(0);
        int stored = frame.stored() - 16;
        CRC32C crc = new CRC32C();
        crc.update(good, 57 + 13, stored);
        BytesOut head = new BytesOut(13).raw(good, 57, 5).int32(stored).int32((int) crc.getValue());
        byte[] cut = good.clone();
        System.arraycopy(head.array(), 0, cut, 57, 13);
        tree.replace(id, cut);
        PackFooter.Frame shorter = new PackFooter.Frame(frame.kind(), 57, stored, frame.plain());
        assertThatThrownBy(() -> tree.frame(shorter, id)).hasMessageContaining("not authentic");
        for (int length : new int[] {1, 15, 16}) {
            BytesOut tiny = new BytesOut(100).raw(good, 57, 5).int32(length);
            crc.reset();
            crc.update(good, 57 + 13, length);
            tiny.int32((int) crc.getValue());
            System.arraycopy(tiny.array(), 0, cut, 57, 13);
            tree.replace(id, cut);
            PackFooter.Frame least = new PackFooter.Frame(frame.kind(), 57, length, frame.plain());
            assertThatThrownBy(() -> tree.frame(least, id)).isInstanceOf(CorruptBackupException.class);
        }
    }

    @Test
    void aPackThatIsNotEncryptedDoesNotPassForOneThatIs() throws Exception {
        MemoryTree plain = new MemoryTree(150_000, null);
        plain.write(entries, Optional.empty());
        tree.replace(pack(0), plain.packs.get(pack(0)));
        requireRefused("should be encrypted");
    }

    @Test
    void eachAttemptHasItsOwnSaltAndSoItsOwnKey() throws Exception {
        Set<String> salts = new HashSet<>();
        PackId id = pack(0);
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 20; i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            PackCipher cipher = PackCipher.forWriting(KEY, MemoryTree.name(id), id, random);
            try (PackWriter pack = new PackWriter(out, id, cipher, Runnable::run)) {
                pack.finish();
            }
            salts.add(Arrays.toString(Arrays.copyOfRange(out.toByteArray(), 25, 57)));
        }
        assertThat(salts).hasSize(20);
        assertThatThrownBy(() -> new PackWriter(
                        new ByteArrayOutputStream(),
                        pack(1),
                        PackCipher.forWriting(KEY, MemoryTree.name(id), id, random),
                        Runnable::run))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
