package io.kvbackup.storage.fake;

import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A listing that asks for a page at a time, as the cloud stores do. */
final class Pages implements Iterator<StorageObject> {
    private final int size;
    private final Source source;
    private Iterator<StorageObject> page = List.<StorageObject>of().iterator();
    private String last;
    private boolean finished;

    private Pages(int size, String after, Source source) {
        this.size = size;
        this.source = source;
        this.last = after;
    }

    @FunctionalInterface
    interface Source {
        List<StorageObject> after(String key) throws IOException;
    }

    static Stream<StorageObject> stream(int size, String after, Source source) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(new Pages(size, after, source), Spliterator.ORDERED), false);
    }

    @Override
    public boolean hasNext() {
        if (!page.hasNext() && !finished) {
            try {
                List<StorageObject> next = source.after(last);
                finished = next.size() < size;
                page = next.iterator();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return page.hasNext();
    }

    @Override
    public StorageObject next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        StorageObject object = page.next();
        last = object.key();
        return object;
    }
}
