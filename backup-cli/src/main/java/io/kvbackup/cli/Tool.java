package io.kvbackup.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The tool as a whole: its commands, and what it says when one of them fails. */
@Command(
        name = "kvbackup",
        description = "Lists, verifies, restores and makes backups of key-value databases, without their application.",
        versionProvider = Tool.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ListCommand.class,
            ShowCommand.class,
            CatCommand.class,
            DiffCommand.class,
            RestoreCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            VerifyCommand.class,
            WatchCommand.class,
            StatsCommand.class,
            BackupCommand.class,
            CopyCommand.class,
            SyncCommand.class,
            MarkCommand.Pin.class,
            MarkCommand.Unpin.class,
            MarkCommand.Tag.class,
            MarkCommand.Untag.class,
            PruneCommand.class,
            DeleteCommand.class,
            KeysCommand.class,
            CheckCommand.class,
            CompletionCommand.class,
            ManCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup list -s /mnt/backups",
            "  kvbackup restore orders -s s3://my-bucket/backups?region=eu-west-1 --to rocksdb:/srv/orders",
            "  kvbackup cat orders -s /mnt/backups --set items --key apple",
            "",
            "KVBACKUP_STORAGE may name the store, so that -s can be left out.",
            "Exit codes: 0 good, 1 failed, 2 wrong arguments, 3 damage found, 4 not found."
        })
final class Tool {
    /** Characters on a line of help. */
    private static final int WIDTH = 110;

    private final Terminal terminal;

    Tool(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Tool.class.getPackage().getImplementationVersion();
            return new String[] {"kvbackup " + (version == null ? "(not from a jar)" : version)};
        }
    }

    CommandLine commandLine() {
        CommandLine command = new CommandLine(this, new Commands(terminal));
        asPeopleRead(command);
        return command.setExpandAtFiles(false)
                .setUsageHelpLongOptionsMaxWidth(34)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((failure, args) -> wrong(failure))
                .setExecutionExceptionHandler((failure, where, parsed) -> failed(failure, where));
    }

    private static void asPeopleRead(CommandLine command) {
        command.getCommandSpec()
                .usageMessage()
                .abbreviateSynopsis(true)
                .sortOptions(false)
                .width(WIDTH);
        command.getSubcommands().values().forEach(Tool::asPeopleRead);
    }

    /** @return the exit code */
    int run(String... args) {
        CommandLine command = commandLine();
        if (args.length == 0) {
            command.usage(command.getErr());
            return ExitCode.USAGE;
        }
        int code = command.execute(args);
        terminal.out().flush();
        return code;
    }

    private int wrong(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        String message = Failures.oneLine(failure);
        if (failure instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            message += near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
        }
        return say(command, message, ExitCode.USAGE);
    }

    private int failed(Exception failure, CommandLine command) {
        if (terminal.environment().containsKey(StoreName.OURS + "TRACE")) {
            failure.printStackTrace(terminal.err());
        }
        return say(command, Failures.oneLine(failure), ExitCode.of(failure));
    }

    private int say(CommandLine command, String message, int code) {
        String name = command.getCommandSpec().qualifiedName();
        terminal.out().flush();
        terminal.err().println(name + ": " + message + (code == ExitCode.USAGE ? " (see '" + name + " --help')" : ""));
        return code;
    }
}
