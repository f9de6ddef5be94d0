package io.kvbackup.database.rocksdb;

import io.kvbackup.database.Database;
import io.kvbackup.database.directory.DirectoryDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A whole RocksDB as its files: nothing is decoded or encoded again, so this is the fastest way back. */
public final class RocksDbCheckpoint {
    private RocksDbCheckpoint() {}

    /**
     * Backs up a checkpoint that RocksDB makes beside its folder by hard links, at one instant, after flushing what is
     * in memory. Writers do not wait. Files that RocksDB compacts away are kept until the snapshot is closed.
     *
     * @param db open while snapshots are
     * @param restoreTo the folder into which restores go; must not exist when a restore begins. The host opens it with
     *     the options and column families of the old one
     * @throws IOException if a restore into {@code restoreTo} was decided before a crash and cannot be completed
     */
    @SuppressWarnings("exports") // only hosts that have RocksDB call this, and they require its module themselves
    public static Database of(String name, RocksDB db, Path restoreTo) throws IOException {
        // On the module path RocksDB's module is named after its jar file, so it cannot be required by name.
        RocksDbCheckpoint.class.getModule().addReads(((Object) db).getClass().getModule());
        RocksDbErrors.ensureOpen(db, "build database " + name);
        Path parent = Path.of(db.getName()).toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(db.getName() + " has no folder beside it");
        }
        return DirectoryDatabase.builder(name, restoreTo)
                .copiedBy(folder -> checkpoint(db, folder), parent)
                .copyOf(Path.of(db.getName()))
                .build();
    }

    /** So that it is the same when it is restored; until then, what is around it keeps others out. */
    private static void asOpenAs(Path live, Path folder) throws IOException {
        if (Files.getFileAttributeView(live, PosixFileAttributeView.class) != null) {
            Files.setPosixFilePermissions(folder, Files.getPosixFilePermissions(live));
        }
    }

    private static void checkpoint(RocksDB db, Path folder) throws IOException {
        RocksDbErrors.ensureOpen(db, "make a checkpoint");
        // RocksDB wants to make the folder itself; the one around it keeps others out.
        Files.delete(folder);
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(folder.toString());
            asOpenAs(Path.of(db.getName()), folder);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("make a checkpoint in " + folder, e);
        }
    }
}
