package io.kvbackup.format;

/** How JSON values are taken out of a JSON archive; other formats keep every byte anyway. */
public enum Fidelity {
    /** Every byte between the separators: for archives that this library is known to have written. */
    VERBATIM,
    /**
     * White space between tokens is layout and dropped if the archive is laid out (pretty-printed, or with a space
     * after each colon). That shows before its first value; an archive without layout is read as {@link #VERBATIM}.
     */
    COMPACT
}
