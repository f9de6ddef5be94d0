package io.kvbackup.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes a reader gets, it understands them or throws what it says it throws, with a message. A test of a
 * package lists its readers.
 */
public abstract class FuzzContract {
    private static final int SHOWN = 2_000;
    private static final int SHORT = 10;
    private static final int SOAK = 50;

    /** What is tried. */
    protected abstract List<FuzzTarget> targets() throws Exception;

    /** How often each is tried in the thorough run; the short one is a tenth of it. */
    protected int rounds() {
        return 3_000;
    }

    @Test
    public final void whateverItReadsItSaysSo() throws Exception {
        run(rounds() / SHORT);
    }

    @Test
    @Tag("thorough")
    public final void whateverItReadsItSaysSoThoroughly() throws Exception {
        run(rounds());
    }

    @Test
    @Tag("soak")
    public final void whateverItReadsItSaysSoForLong() throws Exception {
        run(rounds() * SOAK);
    }

    private void run(int rounds) throws Exception {
        long seed = Long.getLong("kvbackup.fuzz.seed", new Random().nextLong());
        System.out.println(getClass().getSimpleName() + ": seed " + seed);
        for (FuzzTarget target : targets()) {
            for (byte[] good : target.corpus()) {
                target.reader().read(good);
            }
            Random random = new Random(seed);
            int refused = 0;
            for (int round = 0; round < rounds; round++) {
                byte[] good = target.corpus().get(random.nextInt(target.corpus().size()));
                refused += read(target, target.mutator().mutate(good, random), "seed " + seed + ", round " + round);
            }
            System.out.println("  " + target.name() + ": " + refused + " of " + rounds + " refused");
        }
    }

    private static int read(FuzzTarget target, byte[] input, String where) {
        try {
            target.reader().read(input);
            return 0;
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            if (target.allows(e) && e.getMessage() != null && e.getMessage().length() > 4) {
                return 1;
            }
            String text = new String(input, StandardCharsets.ISO_8859_1);
            String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
            throw new AssertionError(
                    target.name() + ", " + where + " (-Dkvbackup.fuzz.seed): " + e + "\n  of " + shown, e);
        }
    }
}
