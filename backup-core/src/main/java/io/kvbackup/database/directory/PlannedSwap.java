package io.kvbackup.database.directory;

import io.kvbackup.disk.DiskSync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Does what a plan says: first everything that goes moves away, then everything that comes moves in. Each can be begun
 * again, and taken back. What is found where something is to be moved to was written by somebody else, and is not
 * replaced.
 */
final class PlannedSwap {
    private static final int NAMED = 10;

    private final Path root;
    private final Path tree;
    private final Path away;
    private final List<SwapPlan.Step> plan;
    private final CommitSteps steps;
    private final Losses losses = new Losses();

    /** @param away the folder that takes what goes away, each under the number of its step */
    PlannedSwap(Path root, Path tree, Path away, List<SwapPlan.Step> plan, CommitSteps steps) {
        this.root = root;
        this.tree = tree;
        this.away = away;
        this.plan = plan;
        this.steps = steps;
    }

    void moveAway() throws IOException {
        for (int i = 0; i < plan.size(); i++) {
            if (plan.get(i).kind() != SwapPlan.Kind.ATTRIBUTES && exists(live(i))) {
                move(live(i), away(i));
                steps.reached("moved away");
            }
        }
    }

    /** The opposite of {@link #moveAway}, with the attributes of before. */
    void bringBack() throws IOException {
        requireRoom(this::away);
        for (int i = plan.size() - 1; i >= 0; i--) {
            if (exists(away(i))) {
                move(away(i), live(i));
                steps.reached("brought back");
            }
        }
        for (int i = 0; i < plan.size(); i++) {
            setAttributes(i, plan.get(i).before());
        }
    }

    void moveIn() throws IOException {
        requireRoom(this::staged);
        for (int i = 0; i < plan.size(); i++) {
            if (plan.get(i).kind() == SwapPlan.Kind.PUT && exists(staged(i))) {
                move(staged(i), live(i));
                steps.reached("moved in");
            }
            setAttributes(i, plan.get(i).after());
        }
        losses.tell(root.toString());
    }

    /** The opposite of {@link #moveIn}. */
    void takeOut() throws IOException {
        for (int i = plan.size() - 1; i >= 0; i--) {
            if (plan.get(i).kind() == SwapPlan.Kind.PUT && !exists(staged(i)) && exists(live(i))) {
                move(live(i), staged(i));
            }
        }
    }

    private interface Places {
        Path of(int step) throws IOException;
    }

    private void requireRoom(Places from) throws IOException {
        List<Path> inTheWay = new ArrayList<>();
        for (int i = 0; i < plan.size() && inTheWay.size() < NAMED; i++) {
            if (plan.get(i).kind() != SwapPlan.Kind.ATTRIBUTES && exists(from.of(i)) && !Disk.makeRoom(live(i))) {
                inTheWay.add(live(i));
            }
        }
        if (!inTheWay.isEmpty()) {
            throw Staging.writtenSince(root, inTheWay);
        }
    }

    private void setAttributes(int step, byte[] entry) throws IOException {
        // The host may have removed it since.
        if (entry.length > 0 && Files.isDirectory(live(step), LinkOption.NOFOLLOW_LINKS)) {
            DiskSync.folder(live(step));
            new EntryAttributes(losses)
                    .set(live(step), FileEntry.decode(plan.get(step).key(), entry), true);
            steps.reached("attributes set");
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        for (Path folder : new Path[] {from.getParent(), to.getParent(), from}) {
            if (folder != null && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                Disk.letOwnerIn(folder);
            }
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path live(int step) throws IOException {
        return PathKey.resolve(root, plan.get(step).key());
    }

    private Path staged(int step) throws IOException {
        return PathKey.resolve(tree, plan.get(step).key());
    }

    private Path away(int step) {
        return away.resolve(Integer.toString(step));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
