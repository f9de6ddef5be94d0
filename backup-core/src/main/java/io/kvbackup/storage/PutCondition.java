package io.kvbackup.storage;

import java.util.Objects;

/** What must hold when an object becomes visible. */
public sealed interface PutCondition {
    /** Nothing: the object is created or replaced. */
    static PutCondition none() {
        return None.INSTANCE;
    }

    /** There is no object of this name. */
    static PutCondition ifAbsent() {
        return IfAbsent.INSTANCE;
    }

    /** There is an object of this name and its {@link StorageObject#etag()} is {@code etag}. */
    static PutCondition ifMatch(String etag) {
        return new IfMatch(etag);
    }

    /** See {@link #none()}. */
    enum None implements PutCondition {
        INSTANCE
    }

    /** See {@link #ifAbsent()}. */
    enum IfAbsent implements PutCondition {
        INSTANCE
    }

    /** See {@link #ifMatch(String)}. */
    record IfMatch(String etag) implements PutCondition {
        public IfMatch {
            Objects.requireNonNull(etag, "etag");
        }
    }
}
