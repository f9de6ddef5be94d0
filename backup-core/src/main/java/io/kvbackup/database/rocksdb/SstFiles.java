package io.kvbackup.database.rocksdb;

import io.kvbackup.disk.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.SstFileWriter;

/** Writes ascending keys into SST files, with the column family's own compression and table format. */
final class SstFiles implements Closeable {
    private final String operation;
    private final Path live;
    private final Path directory;
    private final String prefix;
    private final long splitAt;
    private final List<Path> files = new ArrayList<>();
    private final EnvOptions env;
    private final Options options;
    private @Nullable SstFileWriter writer;
    private long written;
    private long entries;

    /** @param splitAt bytes of keys and values after which a new file is begun */
    SstFiles(RocksDB db, Family family, Path directory, String prefix, long splitAt) throws IOException {
        this.operation = "write column family " + family.name() + " to " + directory;
        family.ensureOpen(db, operation);
        this.live = Path.of(db.getName());
        this.directory = directory;
        this.prefix = prefix;
        this.splitAt = splitAt;
        this.env = new EnvOptions();
        try (DBOptions dbOptions = new DBOptions();
                ColumnFamilyOptions familyOptions =
                        family.handle().getDescriptor().getOptions()) {
            this.options = new Options(dbOptions, familyOptions);
        } catch (RocksDBException e) {
            env.close();
            throw RocksDbErrors.translate(operation, e);
        }
    }

    void put(byte[] key, byte[] value) throws IOException {
        try {
            writer(key.length + value.length).put(key, value);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate(operation, e);
        }
    }

    void delete(byte[] key) throws IOException {
        try {
            writer(key.length).delete(key);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate(operation, e);
        }
    }

    /** Completes the last file; nothing more is written afterwards. */
    List<Path> finish() throws IOException {
        try {
            finishFile();
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate(operation, e);
        }
        close();
        return List.copyOf(files);
    }

    private SstFileWriter writer(int more) throws IOException, RocksDBException {
        if (writer != null && written >= splitAt) {
            finishFile();
        }
        written += more;
        return writer == null ? beginFile() : writer;
    }

    private SstFileWriter beginFile() throws IOException, RocksDBException {
        // RocksDB would make it for all to read. It becomes a file of the live database.
        Path file = Files.createFile(directory.resolve(prefix + files.size() + ".sst"), PrivateFiles.fileLike(live));
        SstFileWriter begun = new SstFileWriter(env, options);
        writer = begun;
        begun.open(file.toString());
        files.add(file);
        return begun;
    }

    /** RocksDB syncs the file when it finishes it. */
    private void finishFile() throws RocksDBException {
        SstFileWriter finished = writer;
        if (finished != null) {
            finished.finish();
            finished.close();
            writer = null;
            written = 0;
            entries += entriesOf(files.get(files.size() - 1));
        }
    }

    /** As the file itself says. */
    private long entriesOf(Path file) throws RocksDBException {
        try (SstFileReader reader = new SstFileReader(options)) {
            reader.open(file.toString());
            return reader.getTableProperties().getNumEntries();
        }
    }

    /** How many entries the finished files hold. */
    long entries() {
        return entries;
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
        options.close();
        env.close();
    }
}
