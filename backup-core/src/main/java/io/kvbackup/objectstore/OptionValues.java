package io.kvbackup.objectstore;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads options of a storage URI. A value that makes no sense is named in the message, unless it is a secret. */
public record OptionValues(Map<String, String> options) {
    private static final int MAX_SHOWN = 200;
    /** What stands after two slashes, unless that is a host, its port and a path. */
    private static final Pattern USER = Pattern.compile("//(?![^/:@?#]*(:[0-9]*)?(/[^@?#]*)?$).*", Pattern.DOTALL);

    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,18})([A-Za-z]*)");
    private static final Map<String, Integer> SIZE_SHIFTS =
            Map.of("", 0, "b", 0, "kib", 10, "k", 10, "mib", 20, "m", 20, "gib", 30, "g", 30);
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);

    /** Longer than makes sense; its milliseconds fit into a {@code long}. */
    private static final Duration LONGEST = Duration.ofHours(Integer.MAX_VALUE);

    /** The value, or null if there is none. An empty one counts as a mistake. */
    public @Nullable String text(String name) {
        String value = options.get(name);
        if (value != null && value.isBlank()) {
            throw new IllegalArgumentException("option " + name + " has no value; give it one or leave it out");
        }
        return value;
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String name, boolean otherwise) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw refused(name, value, "true or false");
        }
        return value.equals("true");
    }

    /** A whole number, be it a sensible one or not. */
    public int count(String name, int otherwise) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw refused(name, value, "a whole number such as " + otherwise);
        }
    }

    /** A number of bytes, with or without a unit. */
    public long size(String name, long otherwise) {
        return size(name, otherwise, Long.MAX_VALUE, "a size such as 8MiB or 8388608");
    }

    /** A number of bytes that an array can hold. */
    public int arraySize(String name, int otherwise) {
        return (int) size(name, otherwise, Integer.MAX_VALUE, "a size such as 8MiB or 8388608, below 2 GiB");
    }

    private long size(String name, long otherwise, long max, String expected) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        Matcher number = NUMBER.matcher(value);
        Integer shift = number.matches() ? SIZE_SHIFTS.get(number.group(2).toLowerCase(Locale.ROOT)) : null;
        if (shift == null || Long.parseLong(number.group(1)) > max >> shift) {
            throw refused(name, value, expected);
        }
        return Long.parseLong(number.group(1)) << shift;
    }

    /** A time with its unit. */
    public Duration duration(String name, Duration otherwise) {
        return duration(name, otherwise, LONGEST, "a time such as 500ms, 30s, 5m or 1h");
    }

    /** A time with its unit, for those who count milliseconds in an {@code int}. */
    public Duration intMillis(String name, Duration otherwise) {
        return duration(
                name,
                otherwise,
                Duration.ofMillis(Integer.MAX_VALUE),
                "a time such as 500ms, 30s, 5m or 1h, at most 24 days");
    }

    private Duration duration(String name, Duration otherwise, Duration max, String expected) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        Matcher number = NUMBER.matcher(value);
        Long unit = number.matches() ? MILLIS.get(number.group(2)) : null;
        if (unit == null || Long.parseLong(number.group(1)) > max.toMillis() / unit) {
            throw refused(name, value, expected);
        }
        return Duration.ofMillis(Long.parseLong(number.group(1)) * unit);
    }

    /** For those who find out themselves that a value makes no sense. */
    public static IllegalArgumentException refused(String name, String value, String expected) {
        return new IllegalArgumentException("option " + name + " is '" + shown(value) + "'; it must be " + expected);
    }

    /** A password may stand before a host, and a whole key file where its name should. */
    private static String shown(String value) {
        String shown = USER.matcher(value).replaceFirst("//***");
        boolean text = shown.length() > MAX_SHOWN || shown.indexOf('{') >= 0 || shown.indexOf('\n') >= 0;
        return text ? "***" : shown;
    }

    /** Without the values, of which some are secrets. */
    @Override
    public String toString() {
        return "OptionValues" + options.keySet();
    }
}
