package io.kvbackup.cli;

/** Where {@code java -jar kvbackup.jar} begins. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        int code;
        try {
            code = new Tool(terminal).run(args);
        } catch (LinkageError | OutOfMemoryError e) {
            terminal.err().println("kvbackup: " + Failures.oneLine(e));
            code = ExitCode.FAILED;
        }
        terminal.out().flush();
        if (terminal.stop() instanceof Signals signals) {
            signals.ended();
        }
        System.exit(code);
    }
}
