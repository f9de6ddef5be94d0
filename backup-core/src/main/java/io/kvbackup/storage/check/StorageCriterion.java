package io.kvbackup.storage.check;

import java.util.Optional;

/** What {@link StorageCheck} looks at, in this order, and what it means for backups if it does not hold. */
public enum StorageCriterion {
    /** Needed by nearly all others: they are not judged without it. */
    READ_AFTER_WRITE(
            Form.QUICK,
            "a read that follows a write sees it",
            "A backup that was just taken may not be found, or not be what it was, and an old one may be taken for "
                    + "it."),
    EMPTY_OBJECT(
            Form.QUICK,
            "an object may be empty",
            "Marks beside backups (pins, tags, results of verification) are empty objects; they would be lost."),
    ATOMIC_VISIBILITY(
            Form.QUICK,
            "nothing is seen of an upload before it ends",
            "A backup that is still being written could be taken for a finished one."),
    CLEAN_ABORT(
            Form.QUICK,
            "a broken upload leaves nothing, and the old object as it was",
            "The remains of a failed backup could be taken for a backup, or replace a good one."),
    RANGES(
            Form.QUICK,
            "a part of an object can be read",
            "A download cannot go on where it broke off, and restores of parts read wrong bytes."),
    PINNED_DOWNLOADS(
            Form.QUICK,
            "a download of a replaced version is refused",
            "A download that goes on after a break could mix two versions of an object."),
    LISTING_ORDER(
            Form.QUICK,
            "listings are in key order, and keep to prefix and start",
            "Backups are found by listings: the newest one may be missed."),
    LISTING_PAGES(
            Form.FULL,
            "listings go on after 1,000 objects",
            "Of many backups, some would never be listed, restored or pruned, and their data could be taken for "
                    + "garbage."),
    DELETE_IDEMPOTENCE(
            Form.QUICK,
            "objects are gone when deleted, and deleting again is no error",
            "A deletion that was cut short could not be repeated."),
    CREATE_IF_ABSENT(
            Form.QUICK,
            "an object can be created only if it is absent",
            "Two writers could overwrite each other's backups; only a single writer may use this store."),
    CREATE_RACE(
            Form.QUICK,
            "of several writers that create an object, one wins",
            "Two writers at the same moment could both believe that they have won; only a single writer may use "
                    + "this store."),
    REPLACE_IF_MATCH(
            Form.QUICK,
            "an object can be replaced only if it is unchanged",
            "A lease could be taken from its holder; only a single writer may use this store."),
    REPLACE_RACE(
            Form.QUICK,
            "of several writers that replace a version, one wins",
            "Two processes could hold the same lease; only a single writer may use this store."),
    ODD_KEYS(
            Form.FULL,
            "keys may hold unusual characters",
            "Databases whose names hold such characters cannot be backed up here."),
    COPY(Form.FULL, "objects can be copied inside the store", "Copies would have to travel through this process."),
    LARGE_OBJECT(
            Form.FULL,
            "a large object of unknown length comes back as it was",
            "Large backups would be damaged or refused."),
    THROUGHPUT(
            Form.FULL,
            "content moves at a useful speed",
            "Backups and restores of large databases would take very long."),
    CLOCK(
            Form.QUICK,
            "the store's clock agrees with ours",
            "Grace periods are judged by the store's times: garbage would be collected too early or too late."),
    /** Always the last. */
    CLEAN_UP(
            Form.QUICK,
            "what the check wrote is gone",
            "Objects are left below the prefix that is named; remove them by hand.");

    /** In which form of the check it is looked at. */
    enum Form {
        QUICK,
        FULL
    }

    private final Form form;
    private final String title;
    private final String consequence;

    StorageCriterion(Form form, String title, String consequence) {
        this.form = form;
        this.title = title;
        this.consequence = consequence;
    }

    /** What should hold, in a few words. */
    public String title() {
        return title;
    }

    /** What it means for backups if it does not hold. */
    public String consequence() {
        return consequence;
    }

    /** Whether the quick form looks at it, too. */
    public boolean isQuick() {
        return form == Form.QUICK;
    }

    /** The criterion for the same writes without a race; empty if this one is about no race. */
    Optional<StorageCriterion> withoutRace() {
        return switch (this) {
            case CREATE_RACE -> Optional.of(CREATE_IF_ABSENT);
            case REPLACE_RACE -> Optional.of(REPLACE_IF_MATCH);
            default -> Optional.empty();
        };
    }

    /** Whether it is about conditional writes, which a store for a single writer can do without. */
    public boolean isConditionalWrite() {
        return switch (this) {
            case CREATE_IF_ABSENT, CREATE_RACE, REPLACE_IF_MATCH, REPLACE_RACE -> true;
            default -> false;
        };
    }
}
