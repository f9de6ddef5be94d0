package io.kvbackup.database.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Gives files and folders the times, permissions, owners and attributes that a backup says they have. What this user
 * may not set, or the file system cannot hold, is counted, and told once.
 */
final class EntryAttributes {
    /** File systems round times; the coarsest that are in use do so to two seconds. */
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    private final Losses losses;

    EntryAttributes(Losses losses) {
        this.losses = losses;
    }

    void set(Path path, FileEntry entry) throws IOException {
        set(path, entry, false);
    }

    /** @param exactly whether attributes that the entry does not say are removed */
    void set(Path path, FileEntry entry, boolean exactly) throws IOException {
        setUserAttributes(path, entry, exactly);
        setOwners(path, entry.extras());
        if (entry.modified() != null) {
            setTime(path, entry.modified());
        }
        setMode(path, entry);
    }

    /** Of links, which have no permissions; owners are those of the link itself. */
    void setOwners(Path path, FileExtras extras) throws IOException {
        if (extras.owner() == FileExtras.UNSAID && extras.group() == FileExtras.UNSAID) {
            return;
        }
        FileState.Holder now = FileState.of(path).holder();
        setOwner(path, "unix:gid", extras.group(), now.group());
        setOwner(path, "unix:uid", extras.owner(), now.owner());
    }

    private void setOwner(Path path, String attribute, int wanted, int now) {
        if (wanted != FileExtras.UNSAID && wanted != now) {
            try {
                Files.setAttribute(path, attribute, wanted, LinkOption.NOFOLLOW_LINKS);
            } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
                losses.owner(path, e);
            }
        }
    }

    private void setUserAttributes(Path path, FileEntry entry, boolean exactly) {
        if (exactly || !entry.extras().attributes().isEmpty()) {
            try {
                UserAttributes.write(path, entry.extras().attributes(), exactly);
            } catch (IOException e) {
                losses.attribute(path, e);
            }
        }
    }

    private void setMode(Path path, FileEntry entry) throws IOException {
        Disk.setMode(path, entry.mode());
        int special = entry.extras().special();
        if (special == 0 || entry.mode() < 0) {
            return;
        }
        FileState.Holder now = FileState.of(path).holder();
        int allowed = special;
        if (now.owner() != entry.extras().owner()) {
            allowed &= ~4;
        }
        if (now.group() != entry.extras().group()) {
            allowed &= ~2;
        }
        try {
            Files.setAttribute(path, "unix:mode", entry.mode() | (allowed << 9), LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            losses.special(path, e.toString());
            return;
        }
        if (FileState.of(path).special() != special) {
            losses.special(path, "its owner or group is another, or the system forbids it");
        }
    }

    private void setTime(Path path, Instant wanted) throws IOException {
        // Of fractions before 1970 Java makes 1970.
        Instant taken = wanted.isBefore(Instant.EPOCH) ? wanted.truncatedTo(ChronoUnit.SECONDS) : wanted;
        Files.setLastModifiedTime(path, FileTime.from(taken));
        if (!isAbout(path, wanted)
                && wanted.isAfter(Instant.EPOCH)
                && path.equals(path.toFile().toPath())) {
            // Java counts nanoseconds here, which end in the year 2262, and milliseconds there, where names are text.
            path.toFile().setLastModified(wanted.toEpochMilli());
        }
        if (!isAbout(path, wanted)) {
            losses.time(path, wanted, FileState.of(path).modified());
        }
    }

    private static boolean isAbout(Path path, Instant wanted) throws IOException {
        Instant now = FileState.of(path).modified();
        return Duration.between(wanted, now).abs().compareTo(ROUNDING) < 0;
    }
}
