package io.kvbackup.cli;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "man",
        description = "Prints the manual page, made of what --help shows.",
        footer = {"", "Example:", "  kvbackup man > /usr/local/share/man/man1/kvbackup.1"})
final class ManCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    ManCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        PrintStream out = terminal.out();
        CommandSpec root = spec.root();
        out.println(".TH KVBACKUP 1 \"\" \"" + root.version()[0] + "\" \"User Commands\"");
        out.println(".SH NAME\nkvbackup \\- " + lower(root.usageMessage().description()[0]));
        out.println(".SH SYNOPSIS\n.B kvbackup\n.I COMMAND\n[\\fIOPTIONS\\fR]");
        out.println(".SH DESCRIPTION");
        paragraphs(root.usageMessage().footer(), out);
        out.println(".SH COMMANDS");
        root.subcommands().values().forEach(command -> command(command, out));
        return ExitCode.OK;
    }

    private static void command(CommandLine command, PrintStream out) {
        CommandSpec spec = command.getCommandSpec();
        if (!spec.subcommands().isEmpty()) {
            spec.subcommands().values().forEach(each -> command(each, out));
            return;
        }
        out.println(".SS \"" + escaped(spec.qualifiedName()) + "\"");
        for (String line : spec.usageMessage().description()) {
            out.println(escaped(line) + "\n.br");
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            entry(parameter.paramLabel(), description(parameter.description(), parameter), out);
        }
        for (OptionSpec option : spec.options()) {
            String label = option.arity().max() > 0 ? " " + option.paramLabel() : "";
            entry(String.join(", ", option.names()) + label, description(option.description(), option), out);
        }
        paragraphs(spec.usageMessage().footer(), out);
    }

    private static String description(String[] lines, CommandLine.Model.ArgSpec argument) {
        Iterable<String> candidates = argument.completionCandidates();
        String text = String.join(" ", lines);
        return candidates == null ? text : text.replace("${COMPLETION-CANDIDATES}", String.join(", ", candidates));
    }

    private static void entry(String term, String text, PrintStream out) {
        out.println(".TP\n.B " + escaped(term) + "\n" + escaped(text));
    }

    private static void paragraphs(String[] lines, PrintStream out) {
        out.println(".PP");
        for (String line : lines) {
            out.println(line.isEmpty() ? ".PP" : escaped(line) + "\n.br");
        }
    }

    /** A line that begins with a dot or quote would be a request. */
    private static String escaped(String text) {
        String safe = text.replace("\\", "\\e").replace("-", "\\-");
        return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
    }

    private static String lower(String sentence) {
        return escaped(Character.toLowerCase(sentence.charAt(0))
                + sentence.substring(1).replaceAll("\\.$", ""));
    }
}
