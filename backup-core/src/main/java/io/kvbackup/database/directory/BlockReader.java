package io.kvbackup.database.directory;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;

/** Reads the blocks of one file, which must stay as the inventory has it. */
final class BlockReader {
    private static final byte[] ZEROS = new byte[BlockKey.BLOCK];

    private final Path path;
    private final Inventory.Item item;
    private byte[] spare = new byte[0];
    private boolean checked;

    BlockReader(Path path, Inventory.Item item) {
        this.path = path;
        this.item = item;
    }

    void readEntries(KeyRange range, EntryVisitor to) throws IOException {
        try (FileChannel channel = open()) {
            long blocks = BlockKey.blocks(item.state().size());
            for (long number = 0; number < blocks; number++) {
                BlockKey block = new BlockKey(item.key(), number);
                byte[] key = block.encode();
                if (range.contains(key)) {
                    read(channel, block, key, to);
                }
            }
        } catch (ClosedByInterruptException e) {
            throw (InterruptedIOException) new InterruptedIOException("interrupted while reading " + path).initCause(e);
        }
        if (!checked) {
            ensureUnchanged();
        }
    }

    private FileChannel open() throws IOException {
        try {
            return FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // What cannot be opened may have become something else.
            ensureUnchanged();
            throw e;
        }
    }

    private void read(FileChannel channel, BlockKey block, byte[] key, EntryVisitor to) throws IOException {
        checked = false;
        int length = (int) Math.min(BlockKey.BLOCK, item.state().size() - block.offset());
        byte[] content = spare.length == length ? spare : new byte[length];
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, block.offset() + buffer.position()) < 0) {
                throw changed();
            }
        }
        if (Arrays.equals(content, 0, length, ZEROS, 0, length)) {
            spare = content;
        } else {
            spare = new byte[0];
            // Before a block is given away, so that a file that is written all the time fails early.
            ensureUnchanged();
            checked = true;
            to.visit(key, content);
        }
    }

    private void ensureUnchanged() throws IOException {
        if (!item.state().isStillOf(path)) {
            throw changed();
        }
    }

    private FileChangedException changed() {
        return new FileChangedException(
                path + " changed while the backup was made; back up again when nobody writes it,"
                        + " give the lock that its writers hold, or exclude it");
    }
}
