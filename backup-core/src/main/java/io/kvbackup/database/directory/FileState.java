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
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells whether a file is still as it was: a write changes at least one of these, unless two writes fall into one
 * tick of the file system's clock, or are made through a memory map that is written already.
 *
 * @param type one of the constants here
 * @param changed nanoseconds of the last change of content or attributes; 0 where there is no such thing
 * @param inode 0 where there is no such thing
 * @param mode twelve bits; -1 where there is no such thing
 * @param holder who has it, and under how many names
 */
record FileState(int type, long size, Instant modified, long changed, long inode, int mode, Holder holder) {
    static final int FILE = 0;
    static final int DIR = 1;
    static final int LINK = 2;
    static final int OTHER = 3;

    private static final String COMPARED = "unix:mode,ino,size,lastModifiedTime,ctime";
    private static final String ALL = COMPARED + ",uid,gid,nlink,dev";

    /** Numbers of user and group, of names and of the device; changes of these alone are seen by {@link #changed}. */
    record Holder(int owner, int group, int names, long device) {
        static final Holder UNKNOWN = new Holder(FileExtras.UNSAID, FileExtras.UNSAID, 1, 0);
    }

    static FileState of(Path path) throws IOException {
        return of(path, ALL);
    }

    private static FileState of(Path path, String unix) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return ofUnix(Files.readAttributes(path, unix, LinkOption.NOFOLLOW_LINKS));
        }
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new FileState(
                type(attributes),
                attributes.size(),
                attributes.lastModifiedTime().toInstant(),
                0,
                0,
                -1,
                Holder.UNKNOWN);
    }

    private static FileState ofUnix(Map<String, Object> attributes) {
        int mode = (int) attributes.getOrDefault("mode", 0);
        Holder holder = new Holder(
                (int) attributes.getOrDefault("uid", FileExtras.UNSAID),
                (int) attributes.getOrDefault("gid", FileExtras.UNSAID),
                (int) attributes.getOrDefault("nlink", 1),
                (long) attributes.getOrDefault("dev", 0L));
        return new FileState(
                unixType(mode),
                (long) attributes.getOrDefault("size", 0L),
                attributes.get("lastModifiedTime") instanceof FileTime time ? time.toInstant() : Instant.EPOCH,
                nanos(attributes.get("ctime")),
                (long) attributes.getOrDefault("ino", 0L),
                mode & 07777,
                holder);
    }

    /** Null if there is nothing. */
    static @Nullable FileState ofExisting(Path path) throws IOException {
        try {
            return of(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** The nine bits of permissions; -1 where there is no such thing. */
    int permissions() {
        return mode < 0 ? mode : mode & 0777;
    }

    /** The three bits above the permissions. */
    int special() {
        return mode < 0 ? 0 : mode >> 9;
    }

    /** This without the time of the last change of attributes, which {@link #isStillOf} then passes over. */
    FileState whateverItsAttributes() {
        return new FileState(type, size, modified, 0, inode, mode, holder);
    }

    /** Whether the file at a path is still as it was. */
    boolean isStillOf(Path path) throws IOException {
        try {
            return equals(of(path, COMPARED).comparedWith(this));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private FileState comparedWith(FileState before) {
        return new FileState(type, size, modified, before.changed == 0 ? 0 : changed, inode, mode, before.holder);
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

    /** Without the holder. */
    void writeTo(DataOutput out) throws IOException {
        out.writeInt(type);
        out.writeLong(size);
        out.writeLong(modified.getEpochSecond());
        out.writeInt(modified.getNano());
        out.writeLong(changed);
        out.writeLong(inode);
        out.writeInt(mode);
    }

    static FileState readFrom(DataInput in) throws IOException {
        return new FileState(
                in.readInt(),
                in.readLong(),
                Instant.ofEpochSecond(in.readLong(), in.readInt()),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                Holder.UNKNOWN);
    }
}
