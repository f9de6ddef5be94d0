package io.kvbackup.prune;

import io.kvbackup.model.Backup;
import io.kvbackup.retention.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Shows a plan to people. */
final class PruneTable {
    /** Nobody reads more lines. */
    private static final int MOST = 10_000;

    private PruneTable() {}

    static String of(PrunePlan plan) {
        List<String> all = new ArrayList<>();
        int kept = 0;
        int removed = 0;
        int total = plan.kept().size() + plan.removed().size();
        while (kept + removed < Math.min(total, MOST)) {
            if (removed == plan.removed().size()
                    || (kept < plan.kept().size()
                            && Backup.NEWEST_FIRST.compare(
                                            plan.kept().get(kept).backup(),
                                            plan.removed().get(removed))
                                    < 0)) {
                RetentionPolicy.Kept next = plan.kept().get(kept++);
                all.add(line("keep", next.backup(), String.join(", ", next.reasons())));
            } else {
                all.add(line("remove", plan.removed().get(removed++), ""));
            }
        }
        Stream.concat(plan.leftovers().stream(), plan.packs().stream())
                .limit(MOST)
                .forEach(name -> all.add(String.format(Locale.ROOT, "%-7s %s", "collect", name)));
        if (total > MOST || plan.leftovers().size() + plan.packs().size() > MOST) {
            all.add("… only the first " + MOST + " of each are shown");
        }
        all.add(String.format(
                Locale.ROOT,
                "%d stay, %d go, %d leftovers; %,d bytes will be free",
                plan.kept().size(),
                plan.removed().size(),
                plan.leftovers().size() + plan.packs().size(),
                plan.bytesFreed()));
        return String.join("\n", all);
    }

    private static String line(String verb, Backup backup, String why) {
        return String.format(Locale.ROOT, "%-7s %s %,14d  %s", verb, backup.objectName(), backup.storedBytes(), why)
                .stripTrailing();
    }
}
