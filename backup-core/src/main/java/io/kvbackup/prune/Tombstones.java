package io.kvbackup.prune;

import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.BackupTable;
import io.kvbackup.repository.Ints;
import io.kvbackup.repository.Mark;
import io.kvbackup.repository.PackedBytes;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The tombstones beside backups of a table, in little memory. Used by one thread. */
final class Tombstones {
    private final BackupTable backups;
    private final Ints numbers = new Ints();
    private final Ints places = new Ints();
    private final PackedBytes stamps = new PackedBytes();

    /** Takes the names of the tombstones of one backup. */
    interface Visitor {
        void visit(int number, List<String> keys) throws IOException;
    }

    Tombstones(BackupTable backups) {
        this.backups = backups;
    }

    /** Numbers must grow. */
    void add(int number, BackupObjects objects) {
        List<Instant> removed =
                objects.marksOf(Mark.Removed.class).map(Mark.Removed::at).toList();
        if (!removed.isEmpty()) {
            numbers.add(number);
            stamps.putNumber(removed.size());
            removed.forEach(stamps::putInstant);
            places.add(stamps.keep());
        }
    }

    void forEach(Visitor visitor) throws IOException {
        for (int i = 0; i < numbers.size(); i++) {
            visitor.visit(numbers.get(i), keys(i));
        }
    }

    /** Names; none if it had none. */
    List<String> of(int number) {
        int low = 0;
        int high = numbers.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (numbers.get(middle) < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < numbers.size() && numbers.get(low) == number ? keys(low) : List.of();
    }

    private List<String> keys(int index) {
        String archive = backups.get(numbers.get(index)).objectName();
        PackedBytes.Reader in = stamps.at(places.get(index));
        String[] keys = new String[(int) in.number()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = new Mark.Removed(Instant.ofEpochMilli(in.millis())).key(archive);
        }
        return List.of(keys);
    }
}
