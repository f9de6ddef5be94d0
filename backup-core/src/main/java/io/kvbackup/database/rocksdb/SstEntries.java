package io.kvbackup.database.rocksdb;

import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.SstFileReaderIterator;

/** The entries of staged files, one file after the other. */
final class SstEntries implements AutoCloseable {
    private final Iterator<Path> files;
    private final Options options;
    private final ReadOptions reads = new ReadOptions().setVerifyChecksums(true).setFillCache(false);
    private @Nullable SstFileReader reader;
    private @Nullable SstFileReaderIterator position;

    private SstEntries(Family family, List<Path> files) throws RocksDBException {
        this.files = files.iterator();
        try (DBOptions dbOptions = new DBOptions();
                ColumnFamilyOptions familyOptions =
                        family.handle().getDescriptor().getOptions()) {
            options = new Options(dbOptions, familyOptions);
        }
    }

    private static final class DifferentException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Whether a family holds, in a range, just what lies in these files; false also if that cannot be found out. */
    static boolean areThoseOf(RestoreSite target, Family family, KeyRange keys, List<Path> files) {
        try (SstEntries staged = new SstEntries(family, files)) {
            new FamilyScan(target.db(), family).entries(null, keys, (key, value) -> {
                if (!staged.next(key, value)) {
                    throw new DifferentException();
                }
            });
            return staged.atEnd();
        } catch (IOException | RocksDBException e) {
            return false;
        }
    }

    private boolean next(byte[] key, byte[] value) throws IOException {
        try {
            if (atEnd() || position == null) {
                return false;
            }
            boolean same = Arrays.equals(position.key(), key) && Arrays.equals(position.value(), value);
            position.next();
            return same;
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("read staged entries", e);
        }
    }

    /** Goes on to the next file where one ends. */
    private boolean atEnd() throws RocksDBException {
        while (position == null || !position.isValid()) {
            if (position != null) {
                position.status();
            }
            closeFile();
            if (!files.hasNext()) {
                return true;
            }
            SstFileReader opened = new SstFileReader(options);
            reader = opened;
            opened.open(files.next().toString());
            SstFileReaderIterator begun = opened.newIterator(reads);
            position = begun;
            begun.seekToFirst();
        }
        return false;
    }

    private void closeFile() {
        if (position != null) {
            position.close();
            position = null;
        }
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    @Override
    public void close() {
        closeFile();
        reads.close();
        options.close();
    }
}
