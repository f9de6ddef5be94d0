package io.kvbackup.prune;

import io.kvbackup.repository.BackupTable;
import io.kvbackup.repository.Ints;
import io.kvbackup.repository.PackedBytes;
import io.kvbackup.repository.PackedWords;
import io.kvbackup.retention.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;

/** Backups of a table, each with reasons to keep it, in little memory. For one thread while it grows. */
final class KeptBackups {
    private final BackupTable backups;
    private final Ints numbers = new Ints();
    private final Ints places = new Ints();
    private final PackedBytes reasons = new PackedBytes();
    private final PackedWords words = new PackedWords();

    KeptBackups(BackupTable backups) {
        this.backups = backups;
    }

    void add(int number, List<String> why) {
        reasons.putNumber(why.size());
        for (String each : why) {
            // The word of the rule often repeats; what follows it repeats only if it is no number.
            int space = each.indexOf(' ');
            boolean counted = space > 0 && space + 1 < each.length() && Character.isDigit(each.charAt(space + 1));
            reasons.put(counted ? 1 : 0);
            reasons.putNumber(words.number(counted ? each.substring(0, space + 1) : each));
            if (counted) {
                reasons.putText(each.substring(space + 1));
            }
        }
        numbers.add(number);
        places.add(reasons.keep());
    }

    private RetentionPolicy.Kept get(int index) {
        PackedBytes.Reader in = reasons.at(places.get(index));
        List<String> why = new ArrayList<>();
        for (long left = in.number(); left > 0; left--) {
            boolean counted = in.next() == 1;
            String word = words.word((int) in.number());
            why.add(counted ? word + in.text() : word);
        }
        return new RetentionPolicy.Kept(backups.get(numbers.get(index)), why);
    }

    List<RetentionPolicy.Kept> view() {
        return BackupTable.View.of(numbers.size(), this::get);
    }
}
