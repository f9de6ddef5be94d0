package io.kvbackup.fuzz;

import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A reader of bytes that may be damaged.
 *
 * @param name for messages
 * @param corpus good inputs, which the reader takes
 * @param mutator damages one of them
 * @param reader reads it
 * @param allowed the exceptions that it may throw; any other is a fault
 */
public record FuzzTarget(
        String name, List<byte[]> corpus, Mutator mutator, Reader reader, Set<Class<? extends Exception>> allowed) {
    /** Makes a damaged input of a good one. */
    public interface Mutator {
        byte[] mutate(byte[] good, Random random);

        /** Mends a checksum afterwards, so that what is behind it is tried; every other time. */
        default Mutator then(Mutator mend) {
            return (good, random) -> {
                byte[] bad = mutate(good, random);
                return random.nextBoolean() ? mend.mutate(bad, random) : bad;
            };
        }

        /** Either. */
        default Mutator or(Mutator other) {
            return (good, random) -> (random.nextBoolean() ? this : other).mutate(good, random);
        }
    }

    /** Reads an input, whole. */
    public interface Reader {
        void read(byte[] input) throws Exception;
    }

    public FuzzTarget {
        corpus = List.copyOf(corpus);
        allowed = Set.copyOf(allowed);
    }

    boolean allows(Throwable thrown) {
        return allowed.stream().anyMatch(type -> type.isInstance(thrown));
    }
}
