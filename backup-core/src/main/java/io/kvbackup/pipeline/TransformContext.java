package io.kvbackup.pipeline;

import io.kvbackup.model.CorruptBackupException;
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
     * @throws CorruptBackupException if it is not known: then the object's manifest, which holds it, is not there
     */
    DataKey requireKey() throws CorruptBackupException {
        if (key == null) {
            throw new CorruptBackupException(objectName
                    + " is encrypted, and its manifest, which holds its key, is not there; it cannot be read");
        }
        return key;
    }

    @Override
    public String toString() {
        return objectName + (key == null ? "" : " with its key");
    }
}
