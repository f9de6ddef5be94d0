package io.kvbackup.s3;

import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A listing that asks for its next page when the one before is used up. */
final class S3Listing extends Spliterators.AbstractSpliterator<StorageObject> {
    private final S3Session session;
    private final String prefix;
    private final String after;
    private Iterator<S3Object> page = Collections.emptyIterator();
    private @Nullable String token;
    private boolean complete;

    private S3Listing(S3Session session, String prefix, String after) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL);
        this.session = session;
        this.prefix = prefix;
        this.after = after;
    }

    static Stream<StorageObject> stream(S3Session session, String prefix, String after) {
        return StreamSupport.stream(new S3Listing(session, prefix, after), false);
    }

    @Override
    public boolean tryAdvance(Consumer<? super StorageObject> action) {
        while (true) {
            while (page.hasNext()) {
                S3Object object = page.next();
                requireWhole(object);
                if (!object.key().startsWith(session.place().start() + prefix)) {
                    continue; // a store that takes keys for paths may not see a difference between a/ and a//
                }
                String key = object.key().substring(session.place().start().length());
                if (isOurs(key)) {
                    Instant lastModified = object.lastModified() == null ? Instant.EPOCH : object.lastModified();
                    action.accept(new StorageObject(key, object.size(), lastModified, object.eTag()));
                    return true;
                }
            }
            if (complete) {
                return false;
            }
            next();
        }
    }

    /** Consoles make objects named "folder/", which no key of ours can name. */
    static boolean isOurs(String key) {
        try {
            StorageKey.require(key);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void requireWhole(S3Object object) {
        if (object.key() == null || object.size() == null || object.size() < 0 || object.eTag() == null) {
            throw new UncheckedIOException(new IOException(
                    cannot() + "the store lists " + object.key() + " without a name, a size or a version"));
        }
    }

    private void next() {
        try {
            session.enter("list");
            ListObjectsV2Response response = session.call("list", prefix, this::fetch);
            if (response.name() == null && response.isTruncated() == null && !response.hasContents()) {
                throw new IOException(
                        cannot() + "the answer is no listing, maybe an empty or a web page; check option endpoint,"
                                + " and proxies that want a login");
            }
            page = response.contents().iterator();
            complete = !Boolean.TRUE.equals(response.isTruncated());
            String last = token;
            token = response.nextContinuationToken();
            if (!complete && (token == null || token.equals(last))) {
                throw new IOException(cannot() + "the store says that there is more, but not how to ask for it");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String cannot() {
        return "cannot list " + session.place().describe(prefix) + ": ";
    }

    private ListObjectsV2Response fetch() {
        String start = session.place().start();
        return session.s3()
                .listObjectsV2(request -> request.bucket(session.bucket())
                        .prefix(start + prefix)
                        .startAfter(after.isEmpty() || token != null ? null : start + after)
                        .continuationToken(token)
                        .encodingType(EncodingType.URL)
                        .overrideConfiguration(session.deadline(0)));
    }
}
