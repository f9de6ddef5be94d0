package io.kvbackup.gcs;

import com.google.api.gax.paging.Page;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageException;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A listing that asks for its next page when the one before is used up. */
final class GcsListing extends Spliterators.AbstractSpliterator<StorageObject> {
    private static final String OPERATION = "list";

    /** Twice that leaves room for the token of a page, which may be a whole name, and the rest. */
    private static final int MAX_ENCODED = 220;

    private final GcsSession session;
    private final String prefix;
    private final String after;
    private Iterator<Blob> values = Collections.emptyIterator();
    private @Nullable Page<Blob> page;
    private boolean complete;

    private GcsListing(GcsSession session, String prefix, String after) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL);
        this.session = session;
        this.prefix = prefix;
        this.after = after;
    }

    static Stream<StorageObject> stream(GcsSession session, String prefix, String after) {
        return StreamSupport.stream(new GcsListing(session, prefix, after), false);
    }

    @Override
    public boolean tryAdvance(Consumer<? super StorageObject> action) {
        while (true) {
            while (values.hasNext()) {
                Blob blob = nextBlob();
                String start = session.place().start();
                if (!blob.getName().startsWith(start + prefix)) {
                    continue;
                }
                String key = blob.getName().substring(start.length());
                if (isOurs(key)) {
                    action.accept(object(key, blob));
                    return true;
                }
            }
            if (complete) {
                return false;
            }
            next();
        }
    }

    /**
     * Consoles make objects named "folder/", which no key of ours can name; and a listing starts at its bound, or at
     * the beginning if the store does not know bounds.
     */
    private boolean isOurs(String key) {
        try {
            return StorageKey.ORDER.compare(StorageKey.require(key), after) > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A store may leave out anything, even the name. */
    private Blob nextBlob() {
        try {
            return values.next();
        } catch (RuntimeException e) {
            throw new UncheckedIOException(new IOException(
                    "cannot list " + session.place().describe(prefix)
                            + ": the store lists an object without its name or bucket (" + e + ")",
                    e));
        }
    }

    private StorageObject object(String key, Blob blob) {
        try {
            return session.translating(OPERATION, key, () -> GcsSession.object(key, blob));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void next() {
        try {
            session.enter(OPERATION);
            Page<Blob> last = page;
            Page<Blob> next = ask(last);
            page = next;
            values = next.getValues().iterator();
            complete = !next.hasNextPage();
            if (!complete && last != null && next.getNextPageToken().equals(last.getNextPageToken())) {
                throw new IOException("cannot list " + session.place().describe(prefix)
                        + ": the store says that there is more, but not how to ask for it");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Page<Blob> ask(@Nullable Page<Blob> last) throws IOException {
        try {
            return session.retries().call(() -> last == null ? first() : last.getNextPage());
        } catch (IOException | RuntimeException e) {
            if (e instanceof StorageException answer && answer.getCode() == GcsStat.NOT_FOUND) {
                throw GcsFailures.noSuchBucket(OPERATION, session.place(), prefix, answer);
            }
            throw session.translate(OPERATION, prefix, e);
        }
    }

    private Page<Blob> first() {
        String start = session.place().start();
        List<Storage.BlobListOption> options = new ArrayList<>();
        options.add(Storage.BlobListOption.fields(
                Storage.BlobField.NAME,
                Storage.BlobField.SIZE,
                Storage.BlobField.GENERATION,
                Storage.BlobField.TIME_CREATED));
        if (!(start + prefix).isEmpty()) {
            options.add(Storage.BlobListOption.prefix(beginning(start + prefix)));
        }
        if (!after.isEmpty()) {
            options.add(Storage.BlobListOption.startOffset(beginning(start + after)));
        }
        return session.storage().list(session.place().bucket(), options.toArray(Storage.BlobListOption[]::new));
    }

    /**
     * As much of a name as fits into an address of 2,048 characters, beyond which the library sends a POST that only
     * Google's own store understands. What is listed too much is passed over.
     */
    private static String beginning(String name) {
        int end = name.length();
        while (GcsPlace.encode(name.substring(0, end)).length() > MAX_ENCODED) {
            end = name.offsetByCodePoints(end, -1);
        }
        return name.substring(0, end);
    }
}
