package io.kvbackup.database.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random writes of few keys, so that they meet again; at least one changes something. */
final class ChangeSteps {
    private ChangeSteps() {}

    static List<Write> next(Random random) {
        List<Write> step = new ArrayList<>();
        step.add(Write.put("first", "step", Long.toHexString(random.nextLong())));
        for (int i = random.nextInt(8); i > 0; i--) {
            String set = random.nextBoolean() ? "first" : "second";
            String key = "key " + random.nextInt(12);
            step.add(
                    random.nextInt(3) == 0
                            ? Write.delete(set, key)
                            : Write.put(set, key, "x".repeat(random.nextInt(40)) + random.nextInt()));
        }
        return step;
    }
}
