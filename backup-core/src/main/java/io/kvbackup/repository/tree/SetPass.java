package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.Chunk;
import io.kvbackup.format.tree.Chunker;
import io.kvbackup.format.tree.EntryBatch;
import io.kvbackup.format.tree.Node;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.format.tree.TreeBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes the tree of one set: what the store has already is referred to, the rest goes into packs. Not thread-safe. */
final class SetPass implements HintedPass.Sink {
    private final String set;
    private final KnownChunks known;
    private final Predicate<PackId> usable;
    private final LiveBytes live;
    private final PackOutput output;
    private final Chunker chunker;
    private final TreeBuilder builder;
    private long added;

    /**
     * @param set under which the footers of packs list it
     * @param source what to call it in messages
     */
    SetPass(
            String set,
            String source,
            int chunkSize,
            KnownChunks known,
            Predicate<PackId> usable,
            LiveBytes live,
            PackOutput output) {
        this.set = set;
        this.known = known;
        this.usable = usable;
        this.live = live;
        this.output = output;
        this.chunker = new Chunker(chunkSize, source, this::add);
        this.builder = new TreeBuilder(this::node);
    }

    /** Takes one entry. */
    void visit(byte[] key, byte[] value) throws IOException {
        chunker.visit(key, value);
    }

    /** Takes many entries. */
    void visitAll(EntryBatch batch) throws IOException {
        chunker.visitAll(batch);
    }

    @Override
    public void add(Chunk chunk) throws IOException {
        Optional<Ref> old = known.find(chunk);
        if (old.isPresent()) {
            keep(old.get());
        } else {
            builder.add(output.add(set, chunk));
            added += chunk.entries();
        }
    }

    @Override
    public void keep(Ref chunk) throws IOException {
        live.now(chunk);
        builder.add(chunk);
    }

    /** How many entries lie in chunks that went into packs. */
    long added() {
        return added;
    }

    /** A node is the same only if all below it lies where the older one says. */
    private Ref node(int level, List<Ref> refs) throws IOException {
        Optional<Ref> same =
                Node.holding(refs).filter(ref -> usable.test(ref.place().pack()));
        same.ifPresent(live::now);
        return same.isPresent() ? same.get() : output.addNode(set, level, refs);
    }

    /**
     * Completes the tree. Gives its root, whose place is settled when its pack is finished; empty if there were no
     * entries.
     */
    Optional<Ref> finish() throws IOException {
        chunker.finish();
        known.finish();
        return builder.finish();
    }
}
