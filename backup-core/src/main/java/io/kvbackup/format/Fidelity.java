package io.kvbackup.format;

/** How JSON values are taken out of a JSON archive; other formats keep every byte anyway. */
public enum Fidelity {
    /** Every byte between the separators: for archives that this library wrote. */
    VERBATIM,
    /** White space between tokens is layout of the archive (it may be pretty-printed) and dropped. */
    COMPACT
}
