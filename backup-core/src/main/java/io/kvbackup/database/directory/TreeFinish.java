package io.kvbackup.database.directory;

import io.kvbackup.claim.DiskSync;
import io.kvbackup.claim.PrivateFiles;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/** Gives a tree of contents its folders, sizes, times, permissions and links, and makes it durable. */
final class TreeFinish {
    private static final int BUFFER = 64 << 10;

    @FunctionalInterface
    private interface Step {
        void on(byte[] key, FileEntry entry, Path path) throws IOException;
    }

    /** A folder that its owner may not change or enter any more. */
    private record Barred(Path folder, FileEntry entry) {}

    private final Path tree;
    private final Path entries;
    private final long count;
    private final long filesWithContent;
    private final SyncQueue syncs;
    private final List<Barred> barred = new ArrayList<>();
    private long contents;

    /**
     * @param entries file of {@code count} entries of set files: lengths and bytes of key and value
     * @param filesWithContent how many files the tree holds
     */
    TreeFinish(Path tree, Path entries, long count, long filesWithContent, SyncQueue syncs) {
        this.tree = tree;
        this.entries = entries;
        this.count = count;
        this.filesWithContent = filesWithContent;
        this.syncs = syncs;
    }

    void run() throws IOException {
        each(this::finishContent);
        if (contents != filesWithContent) {
            throw new IOException("set blocks has content of " + (filesWithContent - contents)
                    + " files that set files does not name; restore both sets from the same backup");
        }
        each(this::createLink);
        syncs.await();
        each(this::finishFolder);
        for (int i = barred.size() - 1; i >= 0; i--) {
            setAttributes(barred.get(i).folder, barred.get(i).entry);
        }
        DiskSync.folder(tree);
    }

    private void each(Step step) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(entries), BUFFER))) {
            for (long i = 0; i < count; i++) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while finishing " + tree);
                }
                byte[] key = in.readNBytes(in.readInt());
                byte[] value = in.readNBytes(in.readInt());
                step.on(key, FileEntry.decode(key, value), PathKey.resolve(tree, key));
            }
        }
    }

    private void finishContent(byte[] key, FileEntry entry, Path path) throws IOException {
        try {
            if (entry.kind() == FileEntry.Kind.DIR) {
                StagedTree.createFolder(tree, path);
            } else if (entry.kind() == FileEntry.Kind.FILE) {
                finishFile(key, entry, path);
            } else {
                // Before there is any link: a folder where a link is to come makes that one fail, instead of being
                // followed.
                StagedTree.createParents(tree, path);
            }
        } catch (FileAlreadyExistsException e) {
            throw StagedTree.twice(key, e);
        }
    }

    private void finishFile(byte[] key, FileEntry entry, Path path) throws IOException {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            contents++;
        } else {
            StagedTree.createParents(tree, path);
            PrivateFiles.createFile(path);
        }
        long written = Files.size(path);
        if (written > entry.size()) {
            throw new IOException(
                    "\"" + PathKey.show(key) + "\" has " + entry.size() + " bytes by set files and at least " + written
                            + " by set blocks; restore both sets from the same backup");
        }
        if (written < entry.size()) {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.setLength(entry.size());
            }
        }
        boolean canBeOpened = Disk.ownerMayRead(entry.mode());
        if (!canBeOpened) {
            Disk.syncFile(path);
        }
        setAttributes(path, entry);
        if (canBeOpened) {
            syncs.add(path);
        }
    }

    /** Into folders that are there since the first pass: what would make them now would go through other links. */
    private void createLink(byte[] key, FileEntry entry, Path path) throws IOException {
        if (entry.kind() == FileEntry.Kind.LINK) {
            try {
                Files.createSymbolicLink(path, PathKey.pathOf(entry.target()));
            } catch (FileAlreadyExistsException e) {
                throw StagedTree.twice(key, e);
            } catch (UnsupportedOperationException e) {
                throw new IOException("\"" + PathKey.show(key) + "\" is a link, which this file system cannot hold", e);
            }
        }
    }

    private void finishFolder(byte[] key, FileEntry entry, Path path) throws IOException {
        if (entry.kind() == FileEntry.Kind.DIR) {
            DiskSync.folder(path);
            if (Disk.ownerMayAll(entry.mode())) {
                setAttributes(path, entry);
            } else {
                barred.add(new Barred(path, entry));
            }
        }
    }

    private static void setAttributes(Path path, FileEntry entry) throws IOException {
        if (entry.modified() != null) {
            Files.setLastModifiedTime(path, FileTime.from(entry.modified()));
        }
        Disk.setMode(path, entry.mode());
    }
}
