package io.kvbackup.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and removes {@linkplain TemporaryFolder temporary folders} that nobody claims any more. */
final class DeadFolders {
    private static final Logger LOG = LoggerFactory.getLogger(DeadFolders.class);

    /** As Java makes random names. A word in its place is a person's. */
    private static final Pattern RANDOM = Pattern.compile("[0-9]+");

    private final Path parent;
    private final String prefix;

    DeadFolders(Path parent, String prefix) {
        this.parent = parent;
        this.prefix = prefix;
    }

    /**
     * Removes what can be removed. Never fails: leftovers are in nobody's way.
     *
     * @param own a living one, whose owner tells which others are ours: in a folder that everybody may write to,
     *     somebody else could lay out anything under such a name
     */
    void removeBeside(Path own) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, prefix + "*")) {
            UserPrincipal owner = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
            for (Path folder : all) {
                if (isRandom(folder) && !TemporaryFolder.isBegun(folder)) {
                    removeIfDead(folder, owner);
                }
            }
        } catch (IOException | DirectoryIteratorException | UnsupportedOperationException e) {
            LOG.debug("cannot look for leftovers {}* in {}: {}", prefix, parent, e.toString());
        }
    }

    private boolean isRandom(Path folder) {
        String name = String.valueOf(folder.getFileName());
        return RANDOM.matcher(name.substring(prefix.length())).matches();
    }

    private static boolean isOurs(Path folder, UserPrincipal owner) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(owner);
    }

    private static void removeIfDead(Path folder, UserPrincipal owner) {
        try {
            if (!isOurs(folder, owner)) {
                return;
            }
            if (!OwnerMark.isIn(folder)) {
                // Died before it marked the folder, or is about to and makes another then.
                if (Remains.remove(folder, TemporaryFolder.LOCK) == Remains.SOMEBODYS) {
                    OwnedFolder.warn(folder);
                }
                return;
            }
            Path lock = folder.resolve(TemporaryFolder.LOCK);
            boolean claimed = Files.exists(lock, LinkOption.NOFOLLOW_LINKS);
            Optional<FileClaim> claim = claimed ? FileClaim.takeExisting(lock) : Optional.empty();
            if (claim.isPresent()) {
                new OwnedFolder(folder, TemporaryFolder.LOCK, claim.get(), true).remove();
                LOG.info("removed {}, which a dead process has left", folder);
            } else if (!claimed) {
                Remains.removeUnclaimed(folder);
            }
        } catch (NoSuchFileException e) {
            // Somebody else was faster.
        } catch (IOException e) {
            LOG.warn("cannot remove {}, which a dead process has left; delete it by hand: {}", folder, e.toString());
        }
    }
}
