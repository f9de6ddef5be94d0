package io.kvbackup.database.directory;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells whether a file is still as it was: a write changes at least one of these, unless two writes fall into one tick
 * of the file system's clock.
 *
 * @param type one of the constants here
 * @param modified nanoseconds
 * @param changed nanoseconds of the last change of content or attributes; 0 where there is no such thing
 * @param inode 0 where there is no such thing
 */
record FileState(int type, long size, long modified, long changed, long inode, int mode) {
    static final int FILE = 0;
    static final int DIR = 1;
    static final int LINK = 2;
    static final int OTHER = 3;

    static FileState of(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Map<String, Object> attributes =
                    Files.readAttributes(path, "unix:mode,ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
            int mode = (int) attributes.getOrDefault("mode", 0);
            return new FileState(
                    unixType(mode),
                    (long) attributes.getOrDefault("size", 0L),
                    nanos(attributes.get("lastModifiedTime")),
                    nanos(attributes.get("ctime")),
                    (long) attributes.getOrDefault("ino", 0L),
                    mode & 0777);
        }
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new FileState(type(attributes), attributes.size(), nanos(attributes.lastModifiedTime()), 0, 0, -1);
    }

    /** This without the time of the last change of attributes, which {@link #isStillOf} then passes over. */
    FileState whateverItsAttributes() {
        return new FileState(type, size, modified, 0, inode, mode);
    }

    /** Whether the file at a path is still as it was. */
    boolean isStillOf(Path path) throws IOException {
        try {
            FileState now = of(path);
            return equals(changed == 0 ? now.whateverItsAttributes() : now);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static int unixType(int mode) {
        return switch (mode & 0170000) {
            case 0100000 -> FILE;
            case 0040000 -> DIR;
            case 0120000 -> LINK;
            default -> OTHER;
        };
    }

    private static int type(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return LINK;
        }
        return attributes.isRegularFile() ? FILE : attributes.isDirectory() ? DIR : OTHER;
    }

    private static long nanos(@Nullable Object time) {
        return time instanceof FileTime fileTime ? fileTime.to(TimeUnit.NANOSECONDS) : 0;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeInt(type);
        out.writeLong(size);
        out.writeLong(modified);
        out.writeLong(changed);
        out.writeLong(inode);
        out.writeInt(mode);
    }

    static FileState readFrom(DataInput in) throws IOException {
        return new FileState(in.readInt(), in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readInt());
    }
}
