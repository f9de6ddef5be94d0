package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Place;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.Ahead;
import io.kvbackup.repository.tree.Fetch.Frame;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the items of one level refer to, in their order: in large ranges, one pack as well as many, a few requests
 * and decodings ahead. Takes memory for the bytes that it may plan, and for one decoded frame of each pack. Used by one
 * thread.
 */
final class LevelReader<T> implements Closeable {
    /** What is to be read. */
    interface Source {
        @Nullable
        Item next() throws IOException;
    }

    /** Makes something of an item, once its frame is decoded, and proves that it is what is meant. */
    interface Opener<T> {
        T open(Ref ref, byte[] frame) throws CorruptBackupException;
    }

    /** An item and what was made of it. */
    record Opened<T>(Item item, T content) {}

    private static final int REQUESTS = 4;
    private static final int DECODINGS = 3;
    private static final int BATCH_BYTES = 128 * 1024;
    private static final int BATCH_ITEMS = 256;
    private static final long FIRST_WINDOW = 1 << 20;
    private static final long LEAST_RANGE = 256 * 1024;
    private static final long GREATEST_RANGE = 8 << 20;
    private static final int KEPT_FRAMES = 64;
    private static final int KEPT_FRAME_BYTES = 256 * 1024;

    private final Source source;
    private final Opener<T> opener;
    private final Packs packs;
    private final Rescue rescue;
    private final Executor executor;
    private final long budget;
    private final long range;

    private final Deque<Batch> batches = new ArrayDeque<>();
    /** Those that are not known to be over, in the order in which they are needed. */
    private final Deque<Fetch> fetches = new ArrayDeque<>();

    private final Map<PackId, Fetch> open = new HashMap<>();
    /** The last frame of each pack, in which the next thing from there may lie. */
    private final LinkedHashMap<PackId, Frame> last = new LinkedHashMap<>(16, 0.75f, true);

    private long window;
    private long planned;
    private long passed;
    private boolean ended;

    /** @param budget bytes of frames that may be planned at once */
    LevelReader(Source source, Opener<T> opener, Packs packs, Rescue rescue, Executor executor, long budget) {
        this.source = source;
        this.opener = opener;
        this.packs = packs;
        this.rescue = rescue;
        this.executor = executor;
        this.budget = budget;
        this.window = Math.min(FIRST_WINDOW, budget);
        this.range = Math.min(Math.max(budget / Math.max(1, packs.count()), LEAST_RANGE), GREATEST_RANGE);
    }

    /** Some items that are decoded together. */
    private final class Batch {
        private final List<Item> items = new ArrayList<>();
        private final List<Frame> frames = new ArrayList<>();
        private final Ahead<List<Opened<T>>> decoding = Ahead.idle(this::decode);
        private long bytes;
        private long fresh;
        private boolean started;

        boolean isFull() {
            return started || bytes >= BATCH_BYTES || items.size() >= BATCH_ITEMS;
        }

        void start() {
            if (!started) {
                started = true;
                frames.forEach(Frame::closeFetch);
                decoding.start(executor);
            }
        }

        private List<Opened<T>> decode() throws IOException {
            List<Opened<T>> opened = new ArrayList<>(items.size());
            for (int i = 0; i < items.size(); i++) {
                opened.add(new Opened<>(items.get(i), open(items.get(i), frames.get(i))));
            }
            return opened;
        }
    }

    private T open(Item item, Frame frame) throws IOException {
        try {
            return opener.open(item.ref(), frame.plain());
        } catch (CorruptBackupException damage) {
            Rescue.Found found = rescue.find(item, damage);
            return opener.open(found.ref(), found.frame());
        }
    }

    /** The next items with their content; empty at the end. */
    List<Opened<T>> next() throws IOException {
        plan();
        window = Math.min(budget, 2 * window);
        startFetches();
        int ahead = 0;
        for (Batch batch : batches) {
            if (ahead++ == DECODINGS) {
                break;
            }
            batch.start();
        }
        Batch head = batches.poll();
        if (head == null) {
            return List.of();
        }
        List<Opened<T>> opened = head.decoding.get();
        passed += head.fresh;
        return opened;
    }

    private void plan() throws IOException {
        while (!ended && planned - passed < window && batches.size() < window / BATCH_BYTES * 8) {
            Item item = source.next();
            if (item == null) {
                ended = true;
            } else {
                plan(item);
            }
        }
    }

    private void plan(Item item) {
        Place place = item.ref().place();
        Batch batch = batches.peekLast();
        if (batch == null || batch.isFull()) {
            batch = new Batch();
            batches.add(batch);
        }
        Frame frame = last.get(place.pack());
        if (frame == null || !frame.holds(place)) {
            frame = plan(item.ref(), batch);
        }
        batch.items.add(item);
        batch.frames.add(frame);
        batch.bytes += place.length();
    }

    private Frame plan(Ref ref, Batch batch) {
        Place place = ref.place();
        Fetch fetch = open.get(place.pack());
        if (fetch == null || !packs.isInside(place) || !fetch.takes(place, range)) {
            if (fetch != null) {
                fetch.close();
            }
            fetch = new Fetch(packs, planned);
            fetches.add(fetch);
            open.put(place.pack(), fetch);
        }
        Frame frame = fetch.add(ref);
        if (place.offset() + place.length() <= KEPT_FRAME_BYTES) {
            last.put(place.pack(), frame);
            if (last.size() > KEPT_FRAMES) {
                last.remove(last.keySet().iterator().next());
            }
        }
        planned += place.frameLength();
        batch.fresh += place.frameLength();
        return frame;
    }

    /** A range that may still grow waits until it is needed soon. */
    private void startFetches() {
        int running = 0;
        for (Fetch fetch : fetches) {
            if (running == REQUESTS) {
                break;
            }
            if (fetch.isStarted() && fetch.isDone()) {
                continue;
            }
            running++;
            if (!fetch.isStarted() && (fetch.isClosed() || ended || fetch.position() - passed < window / 4)) {
                fetch.start(executor);
            }
        }
        fetches.removeIf(fetch -> fetch.isStarted() && fetch.isDone());
    }

    /** Stops what is under way, and waits until it has let go of the store. */
    @Override
    public void close() {
        batches.forEach(batch -> batch.decoding.abandon());
        fetches.forEach(Fetch::abandon);
        batches.forEach(batch -> batch.decoding.awaitEnd());
        fetches.forEach(Fetch::awaitEnd);
        ended = true;
        batches.clear();
        fetches.clear();
    }
}
