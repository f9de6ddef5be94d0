package io.kvbackup.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Keys in messages. */
final class Keys {
    private static final int SHOWN_BYTES = 64;

    private Keys() {}

    /** The key as text if that is what it is, otherwise in hex; long ones cut short. */
    static String show(byte[] key) {
        boolean cut = key.length > SHOWN_BYTES;
        byte[] shown = cut ? Arrays.copyOf(key, SHOWN_BYTES) : key;
        boolean printable = true;
        for (byte b : shown) {
            printable &= b >= 0x20 && b < 0x7F;
        }
        String text = printable
                ? "'" + new String(shown, StandardCharsets.US_ASCII) + "'"
                : "0x" + HexFormat.of().formatHex(shown);
        return cut ? text + "… (" + key.length + " bytes)" : text;
    }
}
