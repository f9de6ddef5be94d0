package io.kvbackup.database.directory;

import io.kvbackup.claim.DiskSync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** Does what a plan says, as far as it has not been done yet, or takes back what has been done. */
final class PlannedSwap {
    private final Path root;
    private final Path tree;
    private final Path old;
    private final List<SwapPlan.Step> plan;
    private final CommitSteps steps;
    private final Losses losses = new Losses();

    /** @param old the folder that takes what goes away, each under the number of its step */
    PlannedSwap(Path root, Path tree, Path old, List<SwapPlan.Step> plan, CommitSteps steps) {
        this.root = root;
        this.tree = tree;
        this.old = old;
        this.plan = plan;
        this.steps = steps;
    }

    void apply() throws IOException {
        for (int i = 0; i < plan.size(); i++) {
            SwapPlan.Step step = plan.get(i);
            if (step.kind() == SwapPlan.Kind.ATTRIBUTES) {
                setAttributes(step.key(), step.after());
            } else {
                apply(step, old.resolve(Integer.toString(i)));
            }
        }
        losses.tell(root.toString());
    }

    private void apply(SwapPlan.Step step, Path away) throws IOException {
        Path live = PathKey.resolve(root, step.key());
        Path staged = PathKey.resolve(tree, step.key());
        boolean comes = step.kind() == SwapPlan.Kind.PUT;
        if (comes && !exists(staged)) {
            return;
        }
        if (exists(live) && !exists(away)) {
            move(live, away);
            steps.reached("moved away");
        }
        if (comes) {
            move(staged, live);
            steps.reached("moved in");
        }
    }

    /** What the host has written where something is yet to be moved. */
    Optional<Path> writtenSince() throws IOException {
        for (int i = 0; i < plan.size(); i++) {
            SwapPlan.Step step = plan.get(i);
            Path live = PathKey.resolve(root, step.key());
            boolean isAway = exists(old.resolve(Integer.toString(i)));
            boolean waits = step.kind() == SwapPlan.Kind.PUT
                    ? exists(PathKey.resolve(tree, step.key()))
                    : step.kind() == SwapPlan.Kind.REMOVE && !isAway;
            if (waits && Untouched.isLost(live, step.before(), isAway)) {
                return Optional.of(live);
            }
        }
        return Optional.empty();
    }

    /** Back to what was there before, whatever has been done. */
    void undo() throws IOException {
        for (int i = plan.size() - 1; i >= 0; i--) {
            SwapPlan.Step step = plan.get(i);
            if (step.kind() != SwapPlan.Kind.ATTRIBUTES) {
                Path live = PathKey.resolve(root, step.key());
                Path staged = PathKey.resolve(tree, step.key());
                Path away = old.resolve(Integer.toString(i));
                if (step.kind() == SwapPlan.Kind.PUT && !exists(staged) && exists(live)) {
                    move(live, staged);
                }
                if (exists(away)) {
                    move(away, live);
                }
            }
        }
        for (SwapPlan.Step step : plan) {
            if (step.kind() == SwapPlan.Kind.ATTRIBUTES) {
                setAttributes(step.key(), step.before());
            }
        }
    }

    private void setAttributes(byte[] key, byte[] entry) throws IOException {
        if (entry.length > 0) {
            Path folder = PathKey.resolve(root, key);
            DiskSync.folder(folder);
            new EntryAttributes(losses).set(folder, FileEntry.decode(key, entry), true);
            steps.reached("attributes set");
        }
    }

    private static void move(Path from, Path to) throws IOException {
        for (Path folder : new Path[] {from.getParent(), to.getParent(), from}) {
            if (folder != null && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                Disk.letOwnerIn(folder);
            }
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
