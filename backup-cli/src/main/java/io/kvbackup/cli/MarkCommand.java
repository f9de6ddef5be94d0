package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.Marks;
import io.kvbackup.model.Backup;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Changes what is remembered beside a backup, and shows the result. */
abstract class MarkCommand extends StoreCommand {
    @Mixin
    final BackupChoice choice = new BackupChoice();

    MarkCommand(Terminal terminal) {
        super(terminal);
    }

    abstract void change(Marks marks, String objectName) throws IOException;

    @Override
    final int run(BackupManager manager) throws IOException {
        String name = choice.in(manager, terminal).objectName();
        change(manager.marks(), name);
        Backup now = manager.describe(name);
        print(Shapes.backup(now), () -> out().println(name + ": " + ListCommand.state(now)));
        return ExitCode.OK;
    }

    @Command(
            name = "pin",
            description = "Keeps a backup whatever a prune's rules say.",
            footer = {"", "Example:", "  kvbackup pin orders --at 2026-11-20 -s /mnt/backups"})
    static final class Pin extends MarkCommand {
        Pin(Terminal terminal) {
            super(terminal);
        }

        @Override
        void change(Marks marks, String objectName) throws IOException {
            marks.pin(objectName);
        }
    }

    @Command(
            name = "unpin",
            description = "Lets the rules of a prune decide about a backup again.",
            footer = {"", "Example:", "  kvbackup unpin orders --at 2026-11-20 -s /mnt/backups"})
    static final class Unpin extends MarkCommand {
        Unpin(Terminal terminal) {
            super(terminal);
        }

        @Override
        void change(Marks marks, String objectName) throws IOException {
            marks.unpin(objectName);
        }
    }

    @Command(
            name = "tag",
            description = "Gives a backup a tag, which --keep-tag of a prune can keep.",
            footer = {"", "Example:", "  kvbackup tag orders before-upgrade -s /mnt/backups"})
    static final class Tag extends MarkCommand {
        @Parameters(index = "1", paramLabel = "TAG", description = "Letters, digits, '.', '_' and '-'.")
        String tag = "";

        Tag(Terminal terminal) {
            super(terminal);
        }

        @Override
        void change(Marks marks, String objectName) throws IOException {
            marks.tag(objectName, tag);
        }
    }

    @Command(
            name = "untag",
            description = "Takes a tag away.",
            footer = {"", "Example:", "  kvbackup untag orders before-upgrade -s /mnt/backups"})
    static final class Untag extends MarkCommand {
        @Parameters(index = "1", paramLabel = "TAG", description = "As it was given.")
        String tag = "";

        Untag(Terminal terminal) {
            super(terminal);
        }

        @Override
        void change(Marks marks, String objectName) throws IOException {
            marks.untag(objectName, tag);
        }
    }
}
