package io.kvbackup.cli;

/** Where {@code java -jar kvbackup.jar} begins. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        int code = new Tool(terminal).run(args);
        terminal.out().flush();
        System.exit(code);
    }
}
