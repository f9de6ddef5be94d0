package io.kvbackup.database.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/**
 * Finds what paths of a folder have beyond kind, size, time and permissions: owners other than whoever backs up, bits
 * above the permissions, attributes, and that two names are one file. Told of all paths in key order, by one thread.
 */
final class ExtrasReader {
    private record Inode(long device, long number) {}

    /** A file whose other names have not come yet. */
    private static final class Awaited {
        private final byte[] first;
        private int names;

        private Awaited(byte[] first, int names) {
            this.first = first;
            this.names = names;
        }
    }

    private final FileState.Holder self;
    private final Map<Inode, Awaited> awaited = new HashMap<>();
    private final UserAttributes attributes = new UserAttributes();

    /** @param own a file that this process has just made */
    ExtrasReader(Path own) throws IOException {
        self = FileState.of(own).holder();
    }

    FileExtras read(byte[] key, Path path, FileState state) throws IOException {
        int special = state.type() == FileState.LINK ? 0 : state.special();
        byte[] sameAs = state.type() == FileState.FILE && state.holder().names() > 1
                ? otherName(key, state)
                : FileExtras.NONE.sameAs();
        // Opening a pipe would wait for whoever writes to it.
        boolean mayHaveAttributes = state.type() == FileState.FILE || state.type() == FileState.DIR;
        SortedMap<String, byte[]> found = mayHaveAttributes ? attributes.read(path) : FileExtras.NONE.attributes();
        // With rights that it lends, a file must not become somebody else's.
        boolean lends = (special & FileExtras.SET_ID) != 0;
        FileState.Holder holder = state.holder();
        FileExtras extras = new FileExtras(
                special,
                lends || holder.owner() != self.owner() ? holder.owner() : FileExtras.UNSAID,
                lends || holder.group() != self.group() ? holder.group() : FileExtras.UNSAID,
                sameAs,
                found);
        return extras.isNone() ? FileExtras.NONE : extras;
    }

    private byte[] otherName(byte[] key, FileState state) {
        Inode inode = new Inode(state.holder().device(), state.inode());
        Awaited known = awaited.get(inode);
        if (known == null) {
            awaited.put(inode, new Awaited(key, state.holder().names() - 1));
            return FileExtras.NONE.sameAs();
        }
        if (--known.names == 0) {
            awaited.remove(inode);
        }
        return known.first;
    }

    /** All there is to say of a folder, also that it belongs to whoever asks. */
    static FileEntry folder(Path path) throws IOException {
        FileState state = FileState.of(path);
        FileState.Holder holder = state.holder();
        FileExtras extras = new FileExtras(
                state.special(),
                holder.owner(),
                holder.group(),
                FileExtras.NONE.sameAs(),
                new UserAttributes().read(path));
        return FileEntry.dir(state.modified(), state.permissions()).with(extras);
    }
}
