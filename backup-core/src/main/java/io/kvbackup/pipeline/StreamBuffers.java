package io.kvbackup.pipeline;

/** How much lies between two threads: large enough that handing over costs nothing, small in a heap of 64 MiB. */
final class StreamBuffers {
    static final int COUNT = 4;
    static final int BYTES = 256 * 1024;

    private StreamBuffers() {}
}
