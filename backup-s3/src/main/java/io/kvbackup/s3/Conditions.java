package io.kvbackup.s3;

import io.kvbackup.storage.PutCondition;
import org.jspecify.annotations.Nullable;

/** The headers that carry a {@link PutCondition}. */
final class Conditions {
    private Conditions() {}

    static @Nullable String ifNoneMatch(PutCondition condition) {
        return condition instanceof PutCondition.IfAbsent ? "*" : null;
    }

    static @Nullable String ifMatch(PutCondition condition) {
        return condition instanceof PutCondition.IfMatch match ? match.etag() : null;
    }
}
