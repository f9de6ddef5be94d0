package io.kvbackup.examples.benchmark;

/** What is measured, each in a virtual machine of its own. */
enum Phase {
    SCAN("bare scan", "64m"),
    ADAPTER_SCAN("scan through the adapter", "64m"),
    NAIVE("naive: Jackson, gzip, byte array", "8g"),
    BACKUP("backup, cbor.zst", "64m"),
    VERIFY("verify", "64m"),
    RESTORE("restore", "64m");

    private final String title;
    private final String heap;

    Phase(String title, String heap) {
        this.title = title;
        this.heap = heap;
    }

    String title() {
        return title;
    }

    /** What {@code -Xmx} is set to. */
    String heap() {
        return heap;
    }
}
