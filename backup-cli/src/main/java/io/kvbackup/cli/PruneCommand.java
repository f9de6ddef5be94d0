package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.model.Backup;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.retention.RetentionPolicy;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "prune",
        description = {
            "Removes backups that no --keep rule keeps, and what dead processes have left.",
            "Shows the plan, and does it only with --yes. Pinned backups and the newest good one always stay."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup prune --keep-daily 7 --keep-weekly 5 -s /mnt/backups",
            "  kvbackup prune --keep-daily 7 --keep-weekly 5 -s /mnt/backups --yes"
        })
final class PruneCommand extends StoreCommand {
    @Mixin
    final KeepOptions keep = new KeepOptions();

    @Option(
            names = "--grace-period",
            paramLabel = "SPAN",
            description = "How long data of removed backups stays, so that running restores can end; 1d unless given.")
    @Nullable
    String gracePeriod;

    @Option(names = "--yes", description = "Do it.")
    boolean yes;

    PruneCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    void prepare(BackupManagerBuilder builder) {
        policy();
        if (gracePeriod != null) {
            builder.gracePeriod(Times.span(gracePeriod));
        }
    }

    private RetentionPolicy policy() {
        return keep.policy()
                .orElseThrow(() -> new IllegalArgumentException(
                        "say what to keep, with --keep-last, --keep-daily, --keep-within, --keep-tag or another"));
    }

    @Override
    int run(BackupManager manager) throws IOException {
        PrunePlan plan = manager.planPrune(policy());
        if (!json) {
            out().println(plan);
        }
        Optional<PruneReport> report = Optional.empty();
        if (yes) {
            try (ProgressLine progress = ProgressLine.of(manager, terminal)) {
                report = Optional.of(plan.execute());
            }
        }
        print(shape(plan, report), done(report));
        return ExitCode.OK;
    }

    private Runnable done(Optional<PruneReport> report) {
        return () -> out().println(
                        report.map(done -> "removed " + done.removed().size() + " backups, collected "
                                        + done.collected().size() + " objects, freed " + Words.bytes(done.bytesFreed()))
                                .orElse("nothing was removed; add --yes to do it"));
    }

    private static Object shape(PrunePlan plan, Optional<PruneReport> report) {
        return Json.object(
                "kept",
                        plan.kept().stream()
                                .map(each -> Json.object("name", each.backup().objectName(), "reasons", each.reasons()))
                                .toList(),
                "removed", plan.removed().stream().map(Backup::objectName).toList(),
                "leftovers", plan.leftovers(),
                "packs", plan.packs(),
                "bytes_freed", plan.bytesFreed(),
                "executed", report.isPresent());
    }
}
