package io.kvbackup.examples.benchmark;

import java.util.Locale;

/** What is measured, each in a virtual machine of its own. */
enum Phase {
    SCAN("bare scan", "64m"),
    ADAPTER_SCAN("scan through the adapter", "64m"),
    NAIVE("naive: Jackson, gzip, byte array", "8g"),
    BACKUP("backup, cbor.zst", "64m"),
    VERIFY("verify", "64m"),
    RESTORE("restore", "64m"),
    ENCRYPTED_BACKUP("backup, cbor.zst.enc", "64m"),
    ENCRYPTED_VERIFY("verify, encrypted", "64m"),
    ENCRYPTED_RESTORE("restore, encrypted", "64m");

    private final String title;
    private final String heap;

    Phase(String title, String heap) {
        this.title = title;
        this.heap = heap;
    }

    String title() {
        return title;
    }

    /** Whether backups are encrypted. */
    boolean isEncrypted() {
        return name().startsWith("ENCRYPTED");
    }

    /** In words, for ratios. */
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** What {@code -Xmx} is set to. */
    String heap() {
        return heap;
    }
}
