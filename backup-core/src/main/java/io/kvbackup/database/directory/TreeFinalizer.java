package io.kvbackup.database.directory;

import io.kvbackup.disk.DiskSync;
import io.kvbackup.disk.PrivateFiles;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Gives a tree of contents its folders, sizes, times, permissions and links, and makes it durable. */
final class TreeFinalizer {
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
    private final EntryAttributes attributes;
    private final OtherNames names;
    private final List<Barred> barred = new ArrayList<>();
    private long contents;
    private long namesOfFiles;

    /**
     * @param entries file of {@code count} entries of set files: lengths and bytes of key and value
     * @param filesWithContent how many files the tree holds
     */
    TreeFinalizer(Path tree, Path entries, long count, long filesWithContent, SyncQueue syncs, Losses losses) {
        this.tree = tree;
        this.entries = entries;
        this.count = count;
        this.filesWithContent = filesWithContent;
        this.syncs = syncs;
        this.attributes = new EntryAttributes(losses);
        this.names = new OtherNames(tree, losses);
    }

    void run() throws IOException {
        each(this::finishContent);
        if (contents != filesWithContent) {
            throw new IOException("set blocks has content of " + (filesWithContent - contents)
                    + " files that set files does not name; restore both sets from the same backup");
        }
        each(this::createLink);
        syncs.await();
        ensureVisible();
        each(this::finishFolder);
        for (int i = barred.size() - 1; i >= 0; i--) {
            attributes.set(barred.get(i).folder, barred.get(i).entry);
        }
        DiskSync.folder(tree);
    }

    /** That what will be there is what came, whichever names the file system takes for the same. */
    private void ensureVisible() throws IOException {
        each((key, entry, path) -> {
            FileState state = FileState.ofExisting(path);
            int type = entry.type();
            if (state == null || state.type() != type || (type == FileState.FILE && state.size() != entry.size())) {
                throw new IOException("\"" + PathKey.show(key) + "\" was staged as a " + entry.kind() + " of "
                        + entry.size() + " bytes and is there as " + state + "; nothing was changed");
            }
            namesOfFiles += type == FileState.DIR ? 0 : 1;
        });
        long[] visible = {0};
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes found) {
                visible[0]++;
                return FileVisitResult.CONTINUE;
            }
        });
        if (visible[0] != namesOfFiles) {
            throw new IOException("the backup has " + namesOfFiles + " files and links, but " + visible[0] + " are in "
                    + tree + ": this file system takes different names for the same; nothing was changed");
        }
    }

    private void each(Step step) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(entries), BUFFER))) {
            for (long i = 0; i < count; i++) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while finishing " + tree);
                }
                byte[] key = Stored.bytes(in);
                byte[] value = Stored.bytes(in);
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
        fillUp(key, entry, path);
        if (entry.extras().sameAs().length > 0 && names.join(key, entry, path)) {
            return;
        }
        boolean canBeOpened = Disk.ownerMayRead(entry.mode());
        if (!canBeOpened) {
            Disk.syncFile(path);
        }
        attributes.set(path, entry);
        if (canBeOpened) {
            syncs.add(path);
        }
    }

    private void fillUp(byte[] key, FileEntry entry, Path path) throws IOException {
        long written = Files.size(path);
        if (written > entry.size()) {
            throw new IOException(
                    "\"" + PathKey.show(key) + "\" has " + entry.size() + " bytes by set files and at least " + written
                            + " by set blocks; restore both sets from the same backup");
        }
        if (written < entry.size()) {
            // Java's other ways to lengthen a file take names as text, which loses those that are not.
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.allocate(1), entry.size() - 1);
            }
        }
    }

    /** Into folders that are there since the first pass: what would make them now would go through other links. */
    private void createLink(byte[] key, FileEntry entry, Path path) throws IOException {
        if (entry.kind() == FileEntry.Kind.LINK) {
            try {
                Files.createSymbolicLink(path, PathKey.pathOf(entry.target()));
                attributes.setOwners(path, entry.extras());
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
                attributes.set(path, entry);
            } else {
                barred.add(new Barred(path, entry));
            }
        }
    }
}
