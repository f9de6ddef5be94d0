package io.kvbackup.gcs;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads options of a storage URI. A value that makes no sense is named in the message. */
record OptionValues(Map<String, String> options) {
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,10})([A-Za-z]*)");
    private static final Map<String, Integer> SIZE_SHIFTS =
            Map.of("", 0, "b", 0, "kib", 10, "k", 10, "mib", 20, "m", 20, "gib", 30, "g", 30);
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);

    /** The value, or null if there is none. An empty one counts as a mistake. */
    @Nullable
    String text(String name) {
        String value = options.get(name);
        if (value != null && value.isBlank()) {
            throw new IllegalArgumentException("option " + name + " has no value; give it one or leave it out");
        }
        return value;
    }

    int size(String name, int otherwise) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        Matcher number = NUMBER.matcher(value);
        Integer shift = number.matches() ? SIZE_SHIFTS.get(number.group(2).toLowerCase(Locale.ROOT)) : null;
        if (shift == null || Long.parseLong(number.group(1)) > Integer.MAX_VALUE >> shift) {
            throw refused(name, value, "a size such as 8MiB or 8388608, below 2 GiB");
        }
        return Integer.parseInt(number.group(1)) << shift;
    }

    int count(String name, int otherwise) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("[0-9]{1,9}")) {
            throw refused(name, value, "a number such as 4");
        }
        return Integer.parseInt(value);
    }

    Duration duration(String name, Duration otherwise) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        Matcher number = NUMBER.matcher(value);
        Long unit = number.matches() ? MILLIS.get(number.group(2)) : null;
        if (unit == null || Long.parseLong(number.group(1)) > Integer.MAX_VALUE / unit) {
            throw refused(name, value, "a time such as 500ms, 30s, 5m or 1h, at most 24 days");
        }
        return Duration.ofMillis(Long.parseLong(number.group(1)) * unit);
    }

    static IllegalArgumentException refused(String name, String value, String expected) {
        return new IllegalArgumentException("option " + name + " is '" + value + "'; it must be " + expected);
    }

    @Override
    public String toString() {
        return "OptionValues" + options.keySet();
    }
}
