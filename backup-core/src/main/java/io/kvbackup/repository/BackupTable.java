package io.kvbackup.repository;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Any number of backups in little memory: about 25 bytes for one without tags and verifications. They are put together
 * again when they are asked for, each time anew. For one thread while it grows; then for several.
 */
public final class BackupTable {
    private static final int CANONICAL = 1;
    private static final int MANIFEST = 2;
    private static final int PINNED = 4;
    private static final int CREDIBLE = 8;
    private static final int MARKED = 16;

    private final PackedBytes bytes = new PackedBytes();
    private final Ints places = new Ints();
    private final PackedWords words = new PackedWords();

    public int size() {
        return places.size();
    }

    /** Adds a backup, of which it keeps all but the contents. Returns its number. */
    public int add(Backup backup) {
        Instant millis = backup.timestamp().truncatedTo(ChronoUnit.MILLIS);
        boolean canonical = backup.kind() == FormatChain.kindOf(backup.format())
                && backup.timestamp().equals(millis)
                && BackupName.text(backup.database(), backup.timestamp(), backup.format())
                        .equals(backup.objectName());
        BackupMarks marks = backup.marks();
        boolean marked = !marks.tags().isEmpty() || !marks.verifications().isEmpty();
        bytes.put((canonical ? CANONICAL : 0)
                | (backup.hasManifest() ? MANIFEST : 0)
                | (marks.pinned() ? PINNED : 0)
                | (backup.credible() ? CREDIBLE : 0)
                | (marked ? MARKED : 0));
        bytes.putInstant(backup.timestamp());
        bytes.putNumber(backup.storedBytes());
        bytes.putNumber(words.number(backup.database()));
        bytes.putNumber(words.number(backup.format()));
        if (!canonical) {
            bytes.putText(backup.objectName());
            bytes.putNumber(Duration.between(millis, backup.timestamp()).toNanos());
            bytes.putNumber(words.number(backup.kind().name()));
        }
        if (marked) {
            putMarks(marks);
        }
        places.add(bytes.keep());
        return places.size() - 1;
    }

    private void putMarks(BackupMarks marks) {
        bytes.putNumber(marks.tags().size());
        marks.tags().forEach(tag -> bytes.putNumber(words.number(tag)));
        bytes.putNumber(marks.verifications().size());
        for (Verification each : marks.verifications()) {
            bytes.put(each.passed() ? 1 : 0);
            bytes.putNumber(words.number(each.level().name()));
            bytes.putInstant(each.at());
            bytes.putNumber(each.took().toMillis());
            bytes.putNumber(each.sequence());
        }
    }

    /** The backup of a number. */
    public Backup get(int number) {
        PackedBytes.Reader in = bytes.at(places.get(number));
        int flags = in.next();
        Instant timestamp = Instant.ofEpochMilli(in.millis());
        long storedBytes = in.number();
        String database = words.word((int) in.number());
        String format = words.word((int) in.number());
        BackupKind kind = FormatChain.kindOf(format);
        String objectName;
        if ((flags & CANONICAL) != 0) {
            objectName = BackupName.text(database, timestamp, format);
        } else {
            objectName = in.text();
            timestamp = timestamp.plusNanos(in.number());
            kind = BackupKind.valueOf(words.word((int) in.number()));
        }
        boolean pinned = (flags & PINNED) != 0;
        BackupMarks marks = (flags & MARKED) != 0
                ? marks(pinned, in)
                : pinned ? new BackupMarks(true, Set.of(), List.of()) : BackupMarks.NONE;
        return new Backup(
                objectName,
                database,
                kind,
                timestamp,
                format,
                storedBytes,
                (flags & MANIFEST) != 0,
                Optional.empty(),
                marks,
                (flags & CREDIBLE) != 0);
    }

    private BackupMarks marks(boolean pinned, PackedBytes.Reader in) {
        Set<String> tags = new LinkedHashSet<>();
        for (long left = in.number(); left > 0; left--) {
            tags.add(words.word((int) in.number()));
        }
        List<Verification> verifications = new ArrayList<>();
        for (long left = in.number(); left > 0; left--) {
            boolean passed = in.next() != 0;
            VerifyLevel level = VerifyLevel.valueOf(words.word((int) in.number()));
            Instant at = Instant.ofEpochMilli(in.millis());
            Duration took = Duration.ofMillis(in.number());
            verifications.add(new Verification(level, at, took, passed, in.number()));
        }
        return new BackupMarks(pinned, tags, verifications);
    }

    private long millis(int number) {
        PackedBytes.Reader in = bytes.at(places.get(number));
        in.next();
        return in.millis();
    }

    /** Numbers in the order of {@link Backup#NEWEST_FIRST}. */
    public Ints newestFirst() {
        Ints numbers = new Ints();
        for (int number = size() - 1; number >= 0; number--) {
            numbers.add(number);
        }
        numbers.sort(this::compare);
        return numbers;
    }

    private int compare(int a, int b) {
        int byTime = Long.compare(millis(b), millis(a));
        return byTime != 0 ? byTime : Backup.NEWEST_FIRST.compare(get(a), get(b));
    }

    /**
     * The number of a backup of this name and time, among numbers in the order of {@link #newestFirst}; -1 if there is
     * none.
     */
    public int find(Instant timestamp, String objectName, Ints newestFirst) {
        int low = 0;
        int high = newestFirst.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int number = newestFirst.get(middle);
            int side = Long.compare(timestamp.toEpochMilli(), millis(number));
            if (side == 0) {
                Backup there = get(number);
                side = timestamp.compareTo(there.timestamp());
                side = side != 0 ? side : objectName.compareTo(there.objectName());
            }
            if (side == 0) {
                return number;
            } else if (side < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** The backups of some numbers, in their order, each made anew whenever it is asked for. */
    public List<Backup> all(Ints numbers) {
        return new View<>(numbers.size(), index -> get(numbers.get(index)));
    }

    /** The same; if they are few they are made at once. */
    public List<Backup> view(Ints numbers) {
        return view(numbers, backup -> backup);
    }

    /** The same, each as something else. */
    public <T> List<T> view(Ints numbers, Function<Backup, T> as) {
        return View.of(numbers.size(), index -> as.apply(get(numbers.get(index))));
    }

    /** A list that never changes, the elements of which are made when they are asked for. */
    public static final class View<T> extends AbstractList<T> implements RandomAccess {
        private static final int FEW = 10_000;

        private final int size;
        private final IntFunction<T> elements;

        private View(int size, IntFunction<T> elements) {
            this.size = size;
            this.elements = elements;
        }

        /** A list that makes its elements at once if they are few. */
        public static <T> List<T> of(int size, IntFunction<T> elements) {
            View<T> view = new View<>(size, elements);
            return size <= FEW ? List.copyOf(view) : view;
        }

        @Override
        public T get(int index) {
            if (index < 0 || index >= size) {
                throw new IndexOutOfBoundsException(index + " of " + size);
            }
            return elements.apply(index);
        }

        @Override
        public int size() {
            return size;
        }
    }

    /** What there is at some positions, in their order. */
    public static <T> List<T> pick(Ints positions, IntFunction<T> from) {
        return View.of(positions.size(), index -> from.apply(positions.get(index)));
    }

    /** A list that never changes: the given one, if it is known to be such. */
    public static <T> List<T> unchanging(Collection<T> list) {
        return list instanceof View<T> view ? view : List.copyOf(list);
    }
}
