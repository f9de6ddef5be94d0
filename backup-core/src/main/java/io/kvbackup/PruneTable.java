package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.retention.KeptBackup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Shows a plan to people. */
final class PruneTable {
    private PruneTable() {}

    static String of(PrunePlan plan) {
        TreeMap<Backup, String> lines = new TreeMap<>(Backup.NEWEST_FIRST);
        for (KeptBackup kept : plan.kept()) {
            lines.put(kept.backup(), line("keep", kept.backup(), String.join(", ", kept.reasons())));
        }
        for (Backup removed : plan.removed()) {
            lines.put(removed, line("remove", removed, ""));
        }
        List<String> all = new ArrayList<>(lines.values());
        plan.leftovers().forEach(name -> all.add(String.format(Locale.ROOT, "%-7s %s", "collect", name)));
        all.add(String.format(
                Locale.ROOT,
                "%d stay, %d go, %d leftovers; %,d bytes will be free",
                plan.kept().size(),
                plan.removed().size(),
                plan.leftovers().size(),
                plan.bytesFreed()));
        return String.join("\n", all);
    }

    private static String line(String verb, Backup backup, String why) {
        return String.format(Locale.ROOT, "%-7s %s %,14d  %s", verb, backup.objectName(), backup.storedBytes(), why)
                .stripTrailing();
    }
}
