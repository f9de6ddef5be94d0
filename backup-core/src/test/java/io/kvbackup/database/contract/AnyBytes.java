package io.kvbackup.database.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Bytes as databases hold them: none, few, many, texts, what is nearly text, and neighbours of what came before. */
public final class AnyBytes {
    /** 64 KiB. */
    public static final int LONG = 64 << 10;

    private static final String[] TEXTS = {
        "",
        "a",
        "A",
        "a ",
        " a",
        "0",
        "00",
        "1",
        "1.0",
        "-0.0",
        "NaN",
        "9007199254740993",
        "null",
        "\0",
        "a\0b",
        "\n",
        "'",
        "\"",
        "\\",
        "\uFEFF",
        "\uFFFF",
        "\u00e9",
        "e\u0301",
        "\uD83D\uDE00",
        "%",
        "/",
        "../x",
        "kvbackup",
        "{}",
        "[1]"
    };
    private static final String[] NO_TEXTS = {
        "ff", "00", "c0af", "eda080", "f4908080", "80", "c3", "ff41", "fffe4100", "7f", "00ff"
    };

    private final Random random;
    private byte[] previous = {};

    public AnyBytes(Random random) {
        this.random = random;
    }

    /** @param longest how long it may be */
    public byte[] next(int longest) {
        byte[] bytes = switch (random.nextInt(8)) {
            case 0, 1 -> TEXTS[random.nextInt(TEXTS.length)].getBytes(UTF_8);
            case 2, 3 -> HexFormat.of().parseHex(NO_TEXTS[random.nextInt(NO_TEXTS.length)]);
            case 4 -> Arrays.copyOf(previous, previous.length + 1);
            case 5 -> Arrays.copyOf(previous, Math.max(0, previous.length - 1));
            case 6 -> filled(random.nextInt(1, 33));
            default -> filled(random.nextInt(10) == 0 ? longest : random.nextInt(300));
        };
        previous = bytes.length <= longest ? bytes : Arrays.copyOf(bytes, longest);
        return previous;
    }

    private byte[] filled(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Entries in a form that {@code equals} compares, in the order in which they come. */
    public static List<String> describe(Map<byte[], byte[]> entries) {
        List<String> described = new ArrayList<>();
        entries.forEach((key, value) -> described.add(
                HexFormat.of().formatHex(key) + "=" + HexFormat.of().formatHex(value)));
        return described;
    }
}
