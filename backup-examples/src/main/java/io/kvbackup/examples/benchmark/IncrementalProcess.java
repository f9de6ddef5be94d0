package io.kvbackup.examples.benchmark;

import java.io.IOException;
import java.nio.file.Path;

/** The virtual machine that makes incremental backups, warmed up on a small database, and prints a line for each. */
public final class IncrementalProcess {
    private static final int WARM_UPS = 3;

    private IncrementalProcess() {}

    private static void print(String line) {
        System.out.println(line);
    }

    /** Arguments: work folder, number of entries, seed, rounds of what is timed, number of small increments. */
    public static void main(String[] args) throws IOException {
        WorkFolders folders = new WorkFolders(Path.of(args[0]));
        long entries = Long.parseLong(args[1]);
        long seed = Long.parseLong(args[2]);
        int increments = Integer.parseInt(args[4]);
        try (IncrementalWorkloads small = IncrementalWorkloads.open(folders.small(), entries, seed, line -> {})) {
            for (int i = 0; i < WARM_UPS; i++) {
                small.timed(1);
            }
        }
        try (IncrementalWorkloads large =
                IncrementalWorkloads.open(folders.large(), entries, seed, IncrementalProcess::print)) {
            large.timed(Integer.parseInt(args[3]));
            large.changes();
            large.generations();
            large.points();
        }
        try (IncrementalWorkloads small =
                IncrementalWorkloads.open(folders.small(), entries, seed, IncrementalProcess::print)) {
            small.smallIncrements(increments);
        }
    }
}
