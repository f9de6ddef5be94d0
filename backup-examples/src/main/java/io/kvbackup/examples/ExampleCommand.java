package io.kvbackup.examples;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** An example with a command line. Its exit code is what it returns, 1 if something failed, 2 for wrong arguments. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class ExampleCommand implements Callable<Integer> {
    final PrintStream out;

    ExampleCommand(PrintStream out) {
        this.out = out;
    }

    /** Runs the example and returns its exit code. */
    final int run(String... args) {
        return new CommandLine(this)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    out.println("FAILED: " + failure);
                    return 1;
                })
                .execute(args);
    }
}
