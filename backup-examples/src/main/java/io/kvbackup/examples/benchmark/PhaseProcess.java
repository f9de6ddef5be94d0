package io.kvbackup.examples.benchmark;

import java.io.IOException;
import java.nio.file.Path;

/** The virtual machine of one phase: warms up on a small database, then measures the phase on the large one. */
public final class PhaseProcess {
    private static final int WARM_UPS = 3;

    private PhaseProcess() {}

    /**
     * Arguments: phase, folder of the small database, folder of the large one, storage URI, bytes in the large one,
     * runs.
     */
    public static void main(String[] args) throws IOException {
        Phase phase = Phase.valueOf(args[0]);
        PhaseRunner small = new PhaseRunner(
                Path.of(args[1]), Path.of(args[1], "backups").toUri().toString());
        PhaseRunner large = new PhaseRunner(Path.of(args[2]), args[3]);
        long bytes = Long.parseLong(args[4]);
        for (int i = 0; i < WARM_UPS; i++) {
            small.run(phase);
        }
        PhaseRunner.Done fastest = large.run(phase);
        for (int i = 1; i < Integer.parseInt(args[5]); i++) {
            PhaseRunner.Done done = large.run(phase);
            fastest = done.nanos() < fastest.nanos() ? done : fastest;
        }
        Measurement measurement =
                new Measurement(fastest.entries(), bytes, fastest.stored(), fastest.nanos(), Measurement.heapPeak());
        System.out.println(measurement.line());
    }
}
