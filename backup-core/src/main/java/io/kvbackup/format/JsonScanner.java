package io.kvbackup.format;

import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;

/**
 * Takes JSON (RFC 8259) apart without changing a byte of it. Numbers, escapes and white space come out as they stand,
 * which no tree or token parser can promise, and nothing is remembered of what has passed, so millions of keys cost no
 * memory.
 */
final class JsonScanner {
    private final JsonWindow window;
    private boolean layoutInside;
    private boolean layoutSeen;
    private boolean escapesInside;

    JsonScanner(JsonWindow window) {
        this.window = window;
    }

    int peek() throws IOException {
        return window.peek();
    }

    long offset() {
        return window.offset();
    }

    void skipSpace() throws IOException {
        int c = window.peek();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            window.take();
            layoutInside = true;
            layoutSeen = true;
            c = window.peek();
        }
    }

    /** Whether there was white space between any tokens up to here. */
    boolean layoutSeen() {
        return layoutSeen;
    }

    /** Takes the character if it is next. */
    boolean takeIf(char expected) throws IOException {
        boolean next = window.peek() == expected;
        if (next) {
            window.take();
        }
        return next;
    }

    void take(char expected) throws IOException {
        if (!takeIf(expected)) {
            throw unexpected("'" + expected + "'");
        }
    }

    void takeWord(String word) throws IOException {
        for (int i = 0; i < word.length(); i++) {
            if (!takeIf(word.charAt(i))) {
                throw unexpected("'" + word + "'");
            }
        }
    }

    /** The content of a string, unescaped, in UTF-8. */
    byte[] string() throws IOException {
        long start = window.offset();
        take('"');
        window.mark();
        escapesInside = false;
        stringContent();
        byte[] content = window.sinceMark();
        take('"');
        if (!escapesInside) {
            return content;
        }
        byte[] plain = JsonEscapes.decode(content);
        if (plain == null) {
            throw new CorruptBackupException("JSON archive: the string at byte " + start
                    + " escapes a surrogate without its partner, which is no text");
        }
        return plain;
    }

    /** One value with the white space around it. */
    byte[] valueWithSpace() throws IOException {
        window.mark();
        skipSpace();
        value(0);
        skipSpace();
        return window.sinceMark();
    }

    /** One value without white space around it or between its tokens. */
    byte[] compactValue() throws IOException {
        skipSpace();
        window.mark();
        layoutInside = false;
        value(0);
        byte[] bytes = window.sinceMark();
        return layoutInside ? JsonEscapes.withoutLayout(bytes) : bytes;
    }

    /** Passes over one value, white space before it included. */
    void skipValue() throws IOException {
        skipSpace();
        value(0);
    }

    private void value(int depth) throws IOException {
        if (depth > Limits.JSON_DEPTH) {
            throw new CorruptBackupException(
                    "JSON archive: at byte " + window.offset() + " nesting is deeper than " + Limits.JSON_DEPTH);
        }
        switch (window.peek()) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> {
                window.take();
                stringContent();
                take('"');
            }
            case 't' -> takeWord("true");
            case 'f' -> takeWord("false");
            case 'n' -> takeWord("null");
            default -> number();
        }
    }

    private void members(int depth) throws IOException {
        take('{');
        skipSpace();
        if (takeIf('}')) {
            return;
        }
        do {
            skipSpace();
            take('"');
            stringContent();
            take('"');
            skipSpace();
            take(':');
            skipSpace();
            value(depth + 1);
            skipSpace();
        } while (takeIf(','));
        take('}');
    }

    private void elements(int depth) throws IOException {
        take('[');
        skipSpace();
        if (takeIf(']')) {
            return;
        }
        do {
            skipSpace();
            value(depth + 1);
            skipSpace();
        } while (takeIf(','));
        take(']');
    }

    /** Up to the closing quote, which is left. */
    private void stringContent() throws IOException {
        while (true) {
            window.takePlain();
            int c = window.peek();
            if (c == '"') {
                return;
            } else if (c == '\\') {
                escape();
            } else if (c >= 0x80) {
                if (!window.takeSequence()) {
                    throw unexpected("UTF-8 text");
                }
            } else {
                throw unexpected("'\"'");
            }
        }
    }

    private void escape() throws IOException {
        escapesInside = true;
        window.take();
        int c = window.peek();
        if (c == 'u') {
            window.take();
            for (int i = 0; i < 4; i++) {
                if (Character.digit(window.peek(), 16) < 0) {
                    throw unexpected("a hex digit");
                }
                window.take();
            }
        } else if (c == JsonWindow.END || "\"\\/bfnrt".indexOf(c) < 0) {
            throw unexpected("an escape");
        } else {
            window.take();
        }
    }

    private void number() throws IOException {
        takeIf('-');
        if (!takeIf('0')) {
            digits("a value");
        }
        if (takeIf('.')) {
            digits("a digit");
        }
        if (takeIf('e') || takeIf('E')) {
            if (!takeIf('+')) {
                takeIf('-');
            }
            digits("a digit");
        }
    }

    private void digits(String expected) throws IOException {
        if (!isDigit(window.peek())) {
            throw unexpected(expected);
        }
        while (isDigit(window.peek())) {
            window.take();
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    CorruptBackupException unexpected(String expected) throws IOException {
        int c = window.peek();
        String found = c == JsonWindow.END
                ? "the end"
                : c > 0x20 && c < 0x7F ? "'" + (char) c + "'" : String.format("0x%02X", c);
        return new CorruptBackupException(
                "JSON archive: at byte " + window.offset() + " expected " + expected + ", found " + found);
    }
}
