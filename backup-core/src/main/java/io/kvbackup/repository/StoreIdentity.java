package io.kvbackup.repository;

import io.kvbackup.format.Limits;
import io.kvbackup.format.StoreJson;
import io.kvbackup.format.StoreRecord;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.NoSuchStoreException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a place is a store, and which one: the document {@link #KEY} at its root says so, which the first writer
 * leaves there. Looks once; what was found does not change. Safe for use by several threads.
 */
public final class StoreIdentity {
    public static final String KEY = "kvbackup.json";

    private static final Logger LOG = LoggerFactory.getLogger(StoreIdentity.class);
    private static final int ID_BYTES = 16;

    /** What is done where there is no store. */
    public enum Creation {
        /** Writers make one; readers are told that there is none. */
        BY_WRITERS,
        /** Writers make one; readers find it empty until then. */
        EXPECTED,
        /** Neither does. */
        NEVER
    }

    private final StorageClient storage;
    private final Creation creation;
    private final Clock clock;
    private final Random random;
    private volatile boolean isStore;
    private volatile @Nullable StoreRecord known;

    /** @param random makes the id of a new store */
    public StoreIdentity(StorageClient storage, Creation creation, Clock clock, Random random) {
        this.storage = storage;
        this.creation = creation;
        this.clock = clock;
        this.random = random;
    }

    /** The store's id, once it was looked for and is there. */
    public Optional<String> id() {
        return Optional.ofNullable(known).map(StoreRecord::id);
    }

    /**
     * Asked before backups are looked for. Stores of older versions have no document; their backups show.
     *
     * @throws NoSuchStoreException if there is no store
     * @throws CorruptBackupException if it needs a newer version of this library
     */
    public void requireStore() throws IOException {
        if (isStore || find()) {
            return;
        }
        if (creation == Creation.EXPECTED) {
            return;
        }
        if (!hasBackups()) {
            throw none();
        }
        LOG.warn(
                "{} has backups but no {}, so it was last written by a version before 0.2; its next writer leaves one",
                storage,
                KEY);
        isStore = true;
    }

    /**
     * Asked before anything is written: makes the place a store if it is none.
     *
     * @throws NoSuchStoreException if there is no store and none must be made, here or by this manager
     * @throws CorruptBackupException if it needs a newer version of this library
     */
    public void claim() throws IOException {
        // Several threads may do this at once, so that none waits for another whose request hangs.
        if (known == null && !find()) {
            create();
        }
    }

    private void create() throws IOException {
        Surroundings around = Surroundings.of(storage);
        if (around.isWithinStore() || (creation == Creation.NEVER && !isStore && !hasBackups())) {
            throw none();
        }
        if (around.isNamedLikeOurs()) {
            LOG.warn(
                    "{} is a new store, and its name ends as the folder does that every store has: archives will lie"
                            + " in backups/backups/",
                    storage);
        }
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        StoreRecord made = new StoreRecord(
                HexFormat.of().formatHex(id), clock.instant().truncatedTo(ChronoUnit.MILLIS), List.of());
        try {
            storage.upload(KEY, ContentWriter.of(StoreJson.encode(made)), PutCondition.ifAbsent());
            known = made;
            isStore = true;
        } catch (PreconditionFailedException e) {
            // Somebody else was the first.
            if (!find()) {
                throw e;
            }
        }
    }

    private boolean find() throws IOException {
        byte[] bytes;
        try (InputStream in = storage.download(KEY, ByteRange.all())) {
            bytes = in.readNBytes(Limits.STORE_BYTES + 1);
        } catch (NoSuchFileException e) {
            return false;
        }
        String source = KEY + " of " + storage;
        if (bytes.length > Limits.STORE_BYTES) {
            throw new CorruptBackupException(source + " is larger than " + Limits.STORE_BYTES + " bytes");
        }
        known = StoreJson.decode(bytes, source);
        isStore = true;
        return true;
    }

    private boolean hasBackups() throws IOException {
        return Surroundings.first(storage, BackupName.ROOT).isPresent();
    }

    private NoSuchStoreException none() throws IOException {
        return new NoSuchStoreException(
                storage.toString(),
                "there is no store: no " + KEY + " and no backups. "
                        + Surroundings.of(storage).describe()
                        + " Is the name mistyped, or a disk not mounted? If a store is to be made there, say so with"
                        + " BackupManager.builder().createStore(true)");
    }
}
