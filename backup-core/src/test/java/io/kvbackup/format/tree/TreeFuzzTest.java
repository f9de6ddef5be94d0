package io.kvbackup.format.tree;

import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.FuzzTarget.Mutator;
import io.kvbackup.fuzz.Mutations;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Chunks, nodes, frames, headers, footers and trailers; where a digest or checksum would end it, that is made to fit.
 */
class TreeFuzzTest extends FuzzContract {
    private static final Set<Class<? extends Exception>> CORRUPT = Set.of(CorruptBackupException.class);
    private static final DataKey KEY = DataKey.of(new byte[DataKey.BYTES]);

    private final FrameReader frames = new FrameReader();
    private final MemoryTree tree = new MemoryTree(1 << 20, null);
    private final MemoryTree encrypted = new MemoryTree(1 << 20, KEY);

    @Override
    protected int rounds() {
        return 1_000;
    }

    @Override
    protected List<FuzzTarget> targets() throws Exception {
        RandomEntries entries = RandomEntries.any(new Random(3), 600, 90_000);
        Ref root = tree.write(entries, Optional.empty()).orElseThrow();
        Ref sealed = encrypted.write(entries, Optional.empty()).orElseThrow();
        PackId id = root.place().pack();
        Mutator mutator = Mutations.bytes().or(Mutations.numbers());
        return List.of(
                target("chunk", chunks(root), mutator, TreeFuzzTest::readChunk),
                target("node of level 1", List.of(node(root, 1)), mutator, bytes -> readNode(1, bytes)),
                target("node of level 2", List.of(node(root, 2)), mutator, bytes -> readNode(2, bytes)),
                target("frame", frames(tree, id), mutator.then(TreeFuzzTest::mend), bytes -> readFrame(bytes, null)),
                target(
                        "encrypted frame",
                        frames(encrypted, sealed.place().pack()).subList(0, 1),
                        mutator.then(TreeFuzzTest::mend),
                        bytes ->
                                readFrame(bytes, encrypted.cipher(sealed.place().pack()))),
                target("footer", List.of(footer(id)), mutator, bytes -> readFooter(bytes, id)),
                target(
                        "header",
                        List.of(new PackHeader(id, new byte[32]).encode()),
                        mutator,
                        bytes -> PackHeader.decode(bytes, id, true)),
                target(
                        "trailer",
                        List.of(new PackTrailer(100, 50).encode()),
                        mutator.then(TreeFuzzTest::mendTrailer),
                        bytes -> PackTrailer.decode(bytes, 174, id)));
    }

    private static FuzzTarget target(String name, List<byte[]> corpus, Mutator mutator, FuzzTarget.Reader reader) {
        return new FuzzTarget(name, corpus, mutator, reader, CORRUPT);
    }

    private static byte[] run(Ref ref, byte[] frame) {
        return Arrays.copyOfRange(
                frame, ref.place().offset(), ref.place().offset() + ref.place().length());
    }

    private byte[] node(Ref root, int level) throws IOException {
        Ref node = root;
        while (node.level() > level) {
            node = tree.node(node).refs().get(0);
        }
        return run(node, tree.frame(node));
    }

    private List<byte[]> chunks(Ref root) throws IOException {
        Ref node = root;
        while (node.level() > 1) {
            node = tree.node(node).refs().get(0);
        }
        List<byte[]> chunks = new ArrayList<>();
        for (Ref chunk : tree.node(node).refs()) {
            chunks.add(run(chunk, tree.frame(chunk)));
        }
        return chunks;
    }

    private static List<byte[]> frames(MemoryTree of, PackId id) throws IOException {
        byte[] pack = of.packs.get(id);
        return of.footer(id).frames().stream()
                .map(frame -> Arrays.copyOfRange(pack, (int) frame.offset(), (int) frame.offset() + frame.length()))
                .toList();
    }

    private byte[] footer(PackId id) throws IOException {
        return tree.footer(id).encode();
    }

    /** A forger refers to what he has made by a digest that fits. */
    private static Ref refTo(int level, byte[] bytes, int digested) {
        Digest digest = new Digester().digest(level, bytes, 0, digested);
        long entries = Math.max(1, bytes.length / 2);
        Place place = Place.of(new PackId(1, 1), 57, 100, 0, Math.max(1, bytes.length));
        return new Ref(level, new byte[0], digest, entries, level == 0 ? bytes.length : 2 * entries, place);
    }

    private static void readChunk(byte[] bytes) throws IOException {
        if (bytes.length < 2) {
            throw new CorruptBackupException("too short for a reference");
        }
        ChunkCursor cursor = ChunkCursor.open(refTo(0, bytes, bytes.length), bytes);
        try {
            while (cursor.next()) {
                cursor.key();
                cursor.value();
            }
        } catch (CorruptBackupException e) {
            // The good ones too end like this: the reference has other counts.
            if (!e.getMessage().contains("who refers to it")) {
                throw e;
            }
        }
    }

    /** All that a node's digest protects, and then what it does not. */
    private static void readNode(int level, byte[] bytes) throws IOException {
        BytesIn in = new BytesIn(bytes, 0, bytes.length, "node");
        List<RefList.Content> contents = RefList.readContent(in, level - 1, Node.MAX_REFS);
        int content = in.position();
        RefList.readLocations(in, contents, null);
        in.requireEnd();
        try {
            Node.decode(refTo(level, bytes, content), bytes);
        } catch (CorruptBackupException e) {
            if (!e.getMessage().contains("who refers to it")) {
                throw e;
            }
        }
    }

    private void readFrame(byte[] bytes, PackCipher cipher) throws IOException {
        if (bytes.length < FrameHead.BYTES) {
            throw new CorruptBackupException("too short for a place");
        }
        Place place = Place.of(new PackId(1, 1), PackHeader.ENCRYPTED_BYTES, bytes.length, 0, 10);
        try {
            frames.read(new Ref(0, new byte[0], new Digest(0, 0, 0, 0), 1, 10, place), bytes, 0, cipher);
        } catch (CorruptBackupException e) {
            if (!e.getMessage().contains("should be of")) {
                throw e;
            }
            frames.read(new Ref(1, new byte[0], new Digest(0, 0, 0, 0), 1, 10, place), bytes, 0, cipher);
        }
    }

    private static byte[] mend(byte[] frame, Random random) {
        byte[] mended = frame.clone();
        if (frame.length > FrameHead.BYTES) {
            ByteBuffer.wrap(mended).putInt(5, frame.length - FrameHead.BYTES);
            CRC32C crc = new CRC32C();
            crc.update(frame, FrameHead.BYTES, frame.length - FrameHead.BYTES);
            ByteBuffer.wrap(mended).putInt(9, (int) crc.getValue());
        }
        return mended;
    }

    private static byte[] mendTrailer(byte[] trailer, Random random) {
        byte[] mended = trailer.clone();
        if (trailer.length >= PackTrailer.BYTES) {
            int from = trailer.length - PackTrailer.BYTES;
            CRC32C crc = new CRC32C();
            crc.update(trailer, from, 12);
            ByteBuffer.wrap(mended).putInt(from + 12, (int) crc.getValue());
        }
        return mended;
    }

    private void readFooter(byte[] bytes, PackId id) throws IOException {
        byte[] pack = tree.packs.get(id);
        long offset = PackTrailer.decode(pack, pack.length, id).footerOffset();
        PackFooter.decode(bytes, id, false, offset, "footer");
    }
}
