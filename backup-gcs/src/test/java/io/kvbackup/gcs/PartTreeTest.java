package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartTreeTest {
    private final PartTree tree = new PartTree("upload");
    /** What an object consists of. */
    private final Map<String, String> contents = new HashMap<>();

    @Test
    void anyNumberOfPartsInAnyOrderOfArrivalIsTheContentInItsOrder() {
        long seed = 42;
        System.out.println("PartTreeTest: seed " + seed);
        Random random = new Random(seed);
        for (int count : List.of(1, 31, 32, 33, 1_023, 1_024, 1_025, 2_111, 33_000)) {
            assertContent(new PartTree("upload"), count, random);
        }
    }

    private void assertContent(PartTree tree, int count, Random random) {
        contents.clear();
        StringBuilder expected = new StringBuilder();
        List<PartTree.Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PartTree.Part part = tree.next();
            contents.put(part.key(), i + " ");
            expected.append(i).append(' ');
            parts.add(part);
        }
        Collections.shuffle(parts, random);
        parts.forEach(part -> arrive(tree, part));

        List<String> roots = tree.roots();
        assertThat(roots).hasSizeLessThanOrEqualTo(3 * (PartTree.MAX_SOURCES - 1) + 1);
        assertThat(String.join("", roots.stream().map(contents::get).toList())).isEqualTo(expected.toString());
    }

    private void arrive(PartTree tree, PartTree.Part part) {
        Optional<PartTree.Merge> merge = tree.done(part);
        while (merge.isPresent()) {
            PartTree.Merge now = merge.get();
            assertThat(now.sources()).hasSize(PartTree.MAX_SOURCES);
            String whole =
                    String.join("", now.sources().stream().map(contents::remove).toList());
            assertThat(contents.put(now.target().key(), whole))
                    .as("a key of its own")
                    .isNull();
            merge = tree.done(now.target());
        }
    }

    @Test
    void keysAreThoseOfTheUpload() {
        assertThat(tree.next().key()).isEqualTo("kvbackup-parts/upload/000001");
        assertThat(tree.keyOfRest()).isEqualTo("kvbackup-parts/upload/000002");
        assertThat(PartFolder.upload(tree.next().key())).isEqualTo("upload");
    }
}
