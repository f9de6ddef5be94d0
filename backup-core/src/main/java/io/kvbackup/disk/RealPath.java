package io.kvbackup.disk;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/** Where a path leads, whatever links are on the way, and even if it does not exist yet. */
public final class RealPath {
    private static final int MAX_LINKS = 40;

    private RealPath() {}

    /** @throws IOException if it leads nowhere, because links lead to each other */
    public static Path of(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path real = Objects.requireNonNull(absolute.getRoot(), "no root");
        Deque<Path> names = new ArrayDeque<>();
        absolute.forEach(names::add);
        for (int links = 0; !names.isEmpty(); ) {
            Path next = names.remove();
            if (next.toString().equals("..")) {
                real = Objects.requireNonNullElse(real.getParent(), real);
            } else if (!next.toString().equals(".")) {
                Path child = real.resolve(next);
                if (Files.isSymbolicLink(child)) {
                    if (++links > MAX_LINKS) {
                        throw new FileSystemLoopException(path.toString());
                    }
                    Path target = Files.readSymbolicLink(child);
                    real = Objects.requireNonNullElse(target.getRoot(), real);
                    push(names, target);
                } else {
                    real = asItIsWritten(child);
                }
            }
        }
        return real;
    }

    private static void push(Deque<Path> names, Path target) {
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
            names.push(target.getName(i));
        }
    }

    /** Where upper and lower case are the same, in the case in which it was made. */
    private static Path asItIsWritten(Path path) {
        try {
            return path.toRealPath(LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return path;
        }
    }
}
