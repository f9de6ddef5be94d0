package io.kvbackup.storage.file;

import io.kvbackup.storage.StorageObject;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Tells the versions of a file apart. */
final class FileVersion {
    /** File systems round times to two seconds at the worst. */
    private static final Duration TICK = Duration.ofSeconds(3);

    private FileVersion() {}

    /**
     * What is known about an object. Its etag holds the identity of the file, its length and its time: a replaced file
     * has another identity, and if the file system has used an identity again, the time differs; see {@link #time}.
     */
    static StorageObject of(String key, BasicFileAttributes attributes) {
        Instant time = attributes.lastModifiedTime().toInstant();
        String identity = String.valueOf(attributes.fileKey()).replaceAll("[^0-9a-z=]", "");
        String etag = identity + "-" + Long.toHexString(time.getEpochSecond()) + "." + time.getNano() + "-"
                + Long.toHexString(attributes.size());
        return new StorageObject(key, attributes.size(), time, etag);
    }

    /**
     * The time for a new file: now, with random digits below the millisecond, because file systems reuse the identity
     * of a deleted file and have slow clocks. It moves on if it would equal the time of the file that it replaces. It
     * does not follow that file into the future: a wrong clock of one machine must not spread.
     */
    static FileTime time(Instant now, @Nullable BasicFileAttributes replaced, Random random) {
        Instant time = now.truncatedTo(ChronoUnit.MILLIS).plusNanos(random.nextInt(1_000_000));
        if (replaced != null && isSameTick(time, replaced.lastModifiedTime().toInstant())) {
            time = replaced.lastModifiedTime().toInstant().plusNanos(1_000 + random.nextInt(1_000_000));
        }
        return FileTime.from(time);
    }

    /** Not after the other, but shortly enough before it that a file system that rounds cannot tell them apart. */
    private static boolean isSameTick(Instant time, Instant other) {
        return !time.isAfter(other) && Duration.between(time, other).compareTo(TICK) < 0;
    }
}
