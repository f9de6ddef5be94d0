package io.kvbackup.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A path with a word before it that says what is there: {@code rocksdb:/srv/orders}. */
record PathWord(String text, String word, Path path) {
    static PathWord parse(String text, String help) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("'" + text + "' does not say what to make and where; write " + help);
        }
        try {
            return new PathWord(text, text.substring(0, colon), Path.of(text.substring(colon + 1)));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' has no path after the colon: " + e.getReason(), e);
        }
    }

    boolean is(String other) {
        return word.equals(other);
    }

    IllegalArgumentException unknown(String help) {
        return new IllegalArgumentException("'" + word + "' in '" + text + "' is not known here; write " + help);
    }
}
