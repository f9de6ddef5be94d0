package io.kvbackup.examples.benchmark;

import java.io.IOException;
import java.nio.file.Path;

/** The virtual machine that fills a database, and prints how many bytes its keys and values have. */
public final class FillProcess {
    private FillProcess() {}

    /** Arguments: folder, number of entries, seed. */
    public static void main(String[] args) throws IOException {
        PhaseRunner runner = new PhaseRunner(Path.of(args[0]), "mem:unused");
        runner.fill(Long.parseLong(args[1]), Long.parseLong(args[2]));
        System.out.println(runner.bytes());
    }
}
