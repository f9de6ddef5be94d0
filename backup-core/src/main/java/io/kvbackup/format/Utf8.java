package io.kvbackup.format;

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    private Utf8() {}

    /** Where the first byte stands that is not UTF-8, or -1. */
    static int firstInvalid(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            int length = bytes[at] >= 0 ? 1 : sequenceLength(bytes, at, bytes.length);
            if (length == 0) {
                return at;
            }
            at += length;
        }
        return -1;
    }

    /** Length of the sequence that a lead byte announces; 0 if it is not a lead byte. */
    static int announcedLength(byte lead) {
        int value = lead & 0xFF;
        if (value < 0x80) {
            return 1;
        } else if (value < 0xC2) {
            return 0;
        } else if (value < 0xE0) {
            return 2;
        } else if (value < 0xF0) {
            return 3;
        }
        return value < 0xF5 ? 4 : 0;
    }

    /** Length of the sequence at {@code at}; 0 if it is invalid or does not end before {@code limit}. */
    static int sequenceLength(byte[] bytes, int at, int limit) {
        int length = announcedLength(bytes[at]);
        if (length == 0 || at + length > limit) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length < 3 || isShortestForm(bytes[at] & 0xFF, bytes[at + 1] & 0xFF) ? length : 0;
    }

    private static boolean isShortestForm(int lead, int second) {
        return switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second < 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
        };
    }
}
