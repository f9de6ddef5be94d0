package io.kvbackup.storage.check;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Stores that keep conditions of writes not at all, not always, or not for everybody. */
public final class BrokenConditions {
    private BrokenConditions() {}

    /** Does not look at conditions of this kind. */
    public static StorageClient ignoring(Class<? extends PutCondition> kind, StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                return super.upload(key, content, kind.isInstance(condition) ? PutCondition.none() : condition);
            }
        };
    }

    /** Does not look at the conditions of large objects, as servers do that have forgotten about uploads in parts. */
    static StorageClient ignoringConditionsAbove(int size, StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                byte[] arrived = arrived(content);
                return super.upload(
                        key, ContentWriter.of(arrived), arrived.length > size ? PutCondition.none() : condition);
            }
        };
    }

    /** Removes an object when a large upload of its name is refused, as S3Mock does. */
    static StorageClient losingWhatWasThere(int size, StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                byte[] arrived = arrived(content);
                try {
                    return super.upload(key, ContentWriter.of(arrived), condition);
                } catch (PreconditionFailedException e) {
                    if (arrived.length > size) {
                        delete(List.of(key));
                    }
                    throw e;
                }
            }
        };
    }

    /** Answers conditions of any kind with an error. */
    static StorageClient refusingConditions(StorageClient store) {
        return failingConditions(() -> new IOException("501 Not Implemented"), store);
    }

    /** Fails at conditions of any kind. */
    static StorageClient failingConditions(Supplier<IOException> failure, StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (!(condition instanceof PutCondition.None)) {
                    throw failure.get();
                }
                return super.upload(key, content, condition);
            }
        };
    }

    /** Looks first and writes later, so that all who look at the same moment win. */
    static StorageClient racing(Class<? extends PutCondition> kind, StorageClient store) {
        CyclicBarrier others = new CyclicBarrier(2);
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (!kind.isInstance(condition)) {
                    return super.upload(key, content, condition);
                }
                Optional<String> etag = stat(key).map(StorageObject::etag);
                boolean holds = condition instanceof PutCondition.IfMatch match
                        ? etag.equals(Optional.of(match.etag()))
                        : etag.isEmpty();
                if (!holds) {
                    throw new PreconditionFailedException(key);
                }
                if (key.contains("race")) {
                    meet(others);
                }
                return super.upload(key, content, PutCondition.none());
            }
        };
    }

    /** What a store does about one race. */
    interface Referee {
        /** @param race a number from 0 on, the same for all that race for one object */
        boolean letsAllWin(int race, int size, PutCondition condition);
    }

    /**
     * Lets all writers of some races win: as a store does that looks and writes in two steps, but the same ones every
     * time.
     */
    static StorageClient losingRaces(int partSize, Referee referee, StorageClient store) {
        Map<Object, Integer> races = new ConcurrentHashMap<>();
        AtomicInteger next = new AtomicInteger();
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (!key.contains("/race/") || condition instanceof PutCondition.None) {
                    return super.upload(key, content, condition);
                }
                int race = races.computeIfAbsent(List.of(key, condition), object -> next.getAndIncrement());
                byte[] arrived = arrived(content);
                return super.upload(
                        key,
                        ContentWriter.of(arrived),
                        referee.letsAllWin(race, arrived.length, condition) ? PutCondition.none() : condition);
            }

            @Override
            public StorageTraits traits() {
                return super.traits().withPartSize(partSize);
            }
        };
    }

    private static byte[] arrived(ContentWriter content) throws IOException {
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        content.writeTo(arrived);
        return arrived.toByteArray();
    }

    private static void meet(CyclicBarrier others) {
        try {
            others.await(300, TimeUnit.MILLISECONDS);
        } catch (Exception alone) {
            others.reset();
        }
    }
}
