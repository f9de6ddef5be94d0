package io.kvbackup.gcs;

import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import org.jspecify.annotations.Nullable;

/** Etags are generations: numbers that GCS gives to each version of an object. */
final class Generations {
    private static final long ABSENT = 0;

    private Generations() {}

    static String etag(@Nullable Long generation) {
        if (generation == null) {
            throw new IllegalStateException(
                    "the store did not tell an object's generation, by which its versions are told apart; is it"
                            + " really GCS, or an"
                            + " emulator that leaves it out?");
        }
        return Long.toString(generation);
    }

    /**
     * What to send as {@code ifGenerationMatch}; null for nothing.
     *
     * @param object as messages name it
     * @throws PreconditionFailedException for an etag that no object of GCS has
     */
    static @Nullable Long required(PutCondition condition, String object) throws PreconditionFailedException {
        if (condition instanceof PutCondition.IfMatch match) {
            return required(match.etag(), object);
        }
        return condition instanceof PutCondition.IfAbsent ? ABSENT : null;
    }

    static long required(String etag, String object) throws PreconditionFailedException {
        // Zero would stand for "no such object".
        if (etag.matches("[1-9][0-9]{0,18}")) {
            try {
                return Long.parseLong(etag);
            } catch (NumberFormatException e) {
                // More than 64 bits: refused below.
            }
        }
        throw new PreconditionFailedException(
                object + " is not the version '" + etag + "', which is not one of GCS: expected a generation number");
    }
}
