package io.kvbackup.pipeline;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What transforms are told of the object that they encode or decode. Immutable. */
public final class TransformContext {
    private final String objectName;
    private final @Nullable DataKey key;

    private TransformContext(String objectName, @Nullable DataKey key) {
        this.objectName = objectName;
        this.key = key;
    }

    /** An object that is not encrypted, or whose key is not known. */
    public static TransformContext of(String objectName) {
        return new TransformContext(Objects.requireNonNull(objectName, "objectName"), null);
    }

    /** An object that is encrypted under a key that is derived from this one. */
    public TransformContext withKey(DataKey dataKey) {
        return new TransformContext(objectName, Objects.requireNonNull(dataKey, "dataKey"));
    }

    /** The object's name in its store. */
    public String objectName() {
        return objectName;
    }

    /**
     * The key of the object.
     *
     * @throws IOException if it is not known
     */
    DataKey requireKey() throws IOException {
        if (key == null) {
            throw new MissingKeyException(
                    objectName + " is encrypted, and its key, which its manifest holds, is not at hand");
        }
        return key;
    }

    @Override
    public String toString() {
        return objectName + (key == null ? "" : " with its key");
    }
}
