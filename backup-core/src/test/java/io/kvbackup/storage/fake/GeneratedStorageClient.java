package io.kvbackup.storage.fake;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A store with any number of backups of one database, taken at even distances, that are not there but generated when
 * they are listed: it takes three bits for each. They can be buried, their manifests and archives deleted, as a prune
 * does. Everything else lies in memory. For one thread at a time.
 */
public final class GeneratedStorageClient extends ForwardingStorageClient {
    private static final DateTimeFormatter STAMP =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);
    private static final String MANIFEST = ".manifest.json";
    private static final String REMOVED = ".removed.";

    private final String folder;
    private final String format;
    private final Instant first;
    private final Duration step;
    private final int count;
    private final Clock clock;
    private final BitSet archives = new BitSet();
    private final BitSet manifests = new BitSet();
    private final BitSet tombstones = new BitSet();
    /** All tombstones are of one prune. */
    private Instant removed = Instant.EPOCH;

    public GeneratedStorageClient(
            String database,
            String format,
            Instant first,
            Duration step,
            int count,
            MemoryStorageClient others,
            Clock clock) {
        super(others);
        this.folder = "backups/" + database + "/";
        this.format = format;
        this.first = first;
        this.step = step;
        this.count = count;
        this.clock = clock;
        archives.set(0, count);
        manifests.set(0, count);
    }

    /** Name of the archive of a number, the oldest first. */
    public String name(int number) {
        return folder + STAMP.format(first.plus(step.multipliedBy(number))) + "." + format;
    }

    public int archives() {
        return archives.cardinality();
    }

    public int manifests() {
        return manifests.cardinality();
    }

    public int tombstones() {
        return tombstones.cardinality();
    }

    private boolean isGenerated(String key) {
        int number = number(key);
        return number < count && key.startsWith(name(number));
    }

    /** The last number whose name is not greater than the key. */
    private int number(String key) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (name(middle).compareTo(key) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private List<StorageObject> objects(int number) {
        String name = name(number);
        Instant written = first.plus(step.multipliedBy(number));
        List<StorageObject> there = new ArrayList<>(3);
        if (archives.get(number)) {
            there.add(new StorageObject(name, 1_000 + number, written, "a"));
        }
        if (manifests.get(number)) {
            there.add(new StorageObject(name + MANIFEST, 500, written, "m"));
        }
        if (tombstones.get(number)) {
            there.add(new StorageObject(name + REMOVED + STAMP.format(removed), 0, removed, "t"));
        }
        return there;
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        Stream<StorageObject> others = super.list(prefix, after);
        if (!prefix.startsWith(folder) && !folder.startsWith(prefix)) {
            return others;
        }
        int from = number(after.compareTo(prefix) > 0 ? after : prefix);
        Stream<StorageObject> generated = IntStream.range(from, count)
                .boxed()
                .flatMap(number -> objects(number).stream())
                .filter(object ->
                        object.key().compareTo(after) > 0 && object.key().compareTo(prefix) >= 0)
                .takeWhile(object -> object.key().startsWith(prefix));
        return Stream.concat(generated, others);
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        return isGenerated(key)
                ? objects(number(key)).stream()
                        .filter(object -> object.key().equals(key))
                        .findAny()
                : super.stat(key);
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        if (!isGenerated(key)) {
            return super.upload(key, content, condition);
        }
        if (!key.contains(REMOVED)) {
            throw new IOException("nothing but tombstones can be written beside " + key);
        }
        removed = Instant.parse(key.substring(key.indexOf(REMOVED) + REMOVED.length()));
        tombstones.set(number(key));
        return new StorageObject(key, 0, clock.instant(), "t");
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        List<String> others = new ArrayList<>();
        for (String key : keys) {
            int number = number(key);
            if (!isGenerated(key)) {
                others.add(key);
            } else if (key.endsWith(MANIFEST)) {
                manifests.clear(number);
            } else if (key.contains(REMOVED)) {
                tombstones.clear(number);
            } else {
                archives.clear(number);
            }
        }
        super.delete(others);
    }
}
