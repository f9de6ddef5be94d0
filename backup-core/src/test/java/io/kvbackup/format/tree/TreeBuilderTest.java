package io.kvbackup.format.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeBuilderTest {
    private static Ref chunk(int number) {
        byte[] key = ByteBuffer.allocate(4).putInt(number).array();
        return new Ref(0, key, new Digest(1, 2, 3, number), 1, 10, Place.NOWHERE);
    }

    private static List<Ref> chunks(int count) {
        List<Ref> chunks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chunks.add(chunk(i));
        }
        return chunks;
    }

    private static Optional<Ref> root(List<Ref> chunks, NodeSink sink) throws IOException {
        TreeBuilder builder = new TreeBuilder(sink);
        for (Ref chunk : chunks) {
            builder.add(chunk);
        }
        return builder.finish();
    }

    /** The rule as it is written down, a level at a time. */
    private static Ref byDefinition(List<Ref> refs, int level) {
        if (refs.size() == 1) {
            return refs.get(0);
        }
        List<Ref> nodes = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= refs.size(); i++) {
            boolean cut = refs.size() > 32
                    && (KeyHash.endsNode(level, refs.get(i - 1).lastKey()) || i - start == Node.MAX_REFS);
            if (cut || i == refs.size()) {
                nodes.add(TreeBuilder.refTo(level, refs.subList(start, i)));
                start = i;
            }
        }
        return byDefinition(nodes, level + 1);
    }

    @Test
    void streamsWhatTheDefinitionSays() throws Exception {
        for (int count : new int[] {1, 2, 31, 32, 33, 34, 64, 65, 100, 1_000, 5_000, 40_000}) {
            List<Ref> chunks = chunks(count);
            Ref root = root(chunks, TreeBuilder::refTo).orElseThrow();
            Ref expected = byDefinition(chunks, 1);
            assertThat(root.digest()).as("%d chunks", count).isEqualTo(expected.digest());
            assertThat(root.level()).isEqualTo(expected.level());
            assertThat(root.entries()).isEqualTo(count);
            assertThat(root.bytes()).isEqualTo(10L * count);
        }
        assertThat(root(List.of(), TreeBuilder::refTo)).isEmpty();
    }

    @Test
    void upTo32ReferencesAreOneNode() throws Exception {
        assertThat(root(chunks(32), TreeBuilder::refTo).orElseThrow().level()).isEqualTo(1);
        assertThat(root(chunks(1), TreeBuilder::refTo).orElseThrow().isChunk()).isTrue();
    }

    @Test
    void aNodeEndsAfter1024References() throws Exception {
        List<Ref> never = new ArrayList<>();
        for (int i = 0; never.size() < 3_000; i++) {
            if (!KeyHash.endsNode(1, chunk(i).lastKey())) {
                never.add(chunk(i));
            }
        }
        List<Integer> sizes = new ArrayList<>();
        root(never, (level, refs) -> {
            sizes.add(refs.size());
            return TreeBuilder.refTo(level, refs);
        });
        assertThat(sizes).containsExactly(1024, 1024, 952, 3);
    }

    @Test
    void oneChangedChunkChangesFewNodes() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            List<Ref> chunks = chunks(3_000);
            List<Digest> before = nodes(chunks);
            int at = random.nextInt(chunks.size());
            if (random.nextBoolean()) {
                chunks.remove(at);
            } else {
                chunks.set(at, new Ref(0, chunks.get(at).lastKey(), new Digest(0, 0, 0, 0), 1, 11, Place.NOWHERE));
            }
            List<Digest> after = nodes(chunks);
            after.removeAll(before);
            assertThat(after.size()).isBetween(2, 6);
        }
    }

    private static List<Digest> nodes(List<Ref> chunks) throws IOException {
        List<Digest> digests = new ArrayList<>();
        root(chunks, (level, refs) -> {
            Ref ref = TreeBuilder.refTo(level, refs);
            digests.add(ref.digest());
            return ref;
        });
        return digests;
    }

    @Test
    void refusesNodesInPlaceOfChunks() {
        Ref node = TreeBuilder.refTo(1, chunks(2));
        assertThatThrownBy(() -> new TreeBuilder(TreeBuilder::refTo).add(node))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
