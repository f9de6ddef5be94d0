package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** A command on a store. */
abstract class StoreCommand implements Callable<Integer> {
    final Terminal terminal;

    @ArgGroup(validate = false, heading = "%nStore and keys:%n", order = 100)
    StoreOptions store = new StoreOptions();

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    StoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public final Integer call() throws IOException {
        BackupManagerBuilder builder = store.manager(terminal);
        prepare(builder);
        try (BackupManager manager = builder.build()) {
            return run(manager);
        }
    }

    /** Adds what the manager needs besides its store. */
    void prepare(BackupManagerBuilder builder) throws IOException {}

    /** @return the exit code */
    abstract int run(BackupManager manager) throws IOException;

    final PrintStream out() {
        return terminal.out();
    }

    /** Something for people that is not the result. */
    final void note(String text) {
        terminal.err().println(text);
    }

    /** Prints a result in one of its two forms. */
    final void print(Object shape, Runnable forPeople) throws IOException {
        if (!json) {
            forPeople.run();
            return;
        }
        try (Json document = Json.on(out())) {
            document.write(shape);
        }
    }
}
