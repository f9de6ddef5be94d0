package io.kvbackup;

import io.kvbackup.host.NearestName;
import io.kvbackup.storage.StorageUri;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Settings that come as text: properties named {@code kvbackup.s3.access-key}, environment variables named
 * {@code KVBACKUP_S3_ACCESS_KEY}. Empty values count as not given.
 */
final class Settings {
    /** What can be set. */
    enum Key {
        STORAGE,
        FORMAT,
        KIND,
        CHUNK_SIZE,
        FULL_SCAN_EVERY,
        SPOOL,
        TEMPORARY_DIRECTORY,
        UPLOAD_LIMIT,
        DOWNLOAD_LIMIT,
        ENCRYPTION_KEY_FILE,
        ENCRYPTION_KEY_ID,
        ENCRYPTION_PASSWORD_FILE,
        ENCRYPTION_OLDER_KEY_FILE,
        ENCRYPTION_OLDER_KEY_ID,
        ENCRYPTION_OLDER_PASSWORD_FILE,
        EXCLUSIVE_WRITER,
        CREATE_STORE,
        REPLICATION_DATABASES,
        REPLICATION_SYNC_INTERVAL,
        REPLICATION_SNAPSHOT_INTERVAL,
        REPLICATION_KEEP_LOG,
        REPLICATION_UPLOAD_LIMIT,
        S3_ENABLED,
        S3_ENDPOINT,
        S3_BUCKET,
        S3_PREFIX,
        S3_ACCESS_KEY,
        S3_SECRET_KEY,
        S3_REGION,
        S3_PATH_STYLE;

        String property() {
            String name = name().toLowerCase(Locale.ROOT);
            return PROPERTY_PREFIX
                    + name.replaceFirst("^(s3|encryption|replication)_", "$1.").replace('_', '-');
        }

        String variable() {
            return VARIABLE_PREFIX + name();
        }
    }

    private static final String PROPERTY_PREFIX = "kvbackup.";
    private static final String VARIABLE_PREFIX = "KVBACKUP_";
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})(|KiB|MiB|GiB)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|[dhms])");
    private static final Map<String, Integer> UNITS = Map.of("", 0, "KiB", 10, "MiB", 20, "GiB", 30);

    /** Zeros of UTF-16, and byte order marks, as such or read as Latin-1. */
    private static final Pattern NOT_TEXT =
            Pattern.compile("\0|\uFEFF|^\0*(?:\u00EF\u00BB\u00BF|\u00FE\u00FF|\u00FF\u00FE|\uFFFD+)");

    private final Map<Key, String> values;

    private Settings(Map<Key, String> values) {
        this.values = values;
    }

    /** Those whose name starts with {@code kvbackup.}; others are the host's own. */
    static Settings ofProperties(Map<String, String> properties) {
        return of(
                properties,
                PROPERTY_PREFIX,
                Arrays.stream(Key.values()).collect(Collectors.toMap(Key::property, key -> key)));
    }

    /** Those whose name starts with {@code KVBACKUP_}; others are not for us. */
    static Settings ofEnvironment(Map<String, String> variables) {
        return of(
                variables,
                VARIABLE_PREFIX,
                Arrays.stream(Key.values()).collect(Collectors.toMap(Key::variable, key -> key)));
    }

    private static Settings of(Map<String, String> given, String prefix, Map<String, Key> known) {
        Map<Key, String> values = new TreeMap<>();
        new TreeMap<>(given).forEach((name, value) -> {
            requireText(name, value, prefix);
            if (name.startsWith(prefix)) {
                Key key = known.get(name);
                if (key == null) {
                    throw unknown(name, known.keySet());
                }
                if (!value.isBlank()) {
                    values.put(key, value.strip());
                }
            } else {
                requireNotMeant(name, known);
            }
        });
        return new Settings(values);
    }

    /** If a file was read in the wrong encoding, nobody would recognise its names. */
    private static void requireText(String name, String value, String prefix) {
        String plain = NOT_TEXT.matcher(name).replaceAll("");
        if (!plain.startsWith(prefix)
                || (plain.equals(name) && !NOT_TEXT.matcher(value).find())) {
            return;
        }
        boolean wide = name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0;
        throw new IllegalArgumentException("setting " + plain + " comes with "
                + (wide ? "zeros between its letters: its file is in UTF-16" : "a byte order mark before it")
                + "; save the file as UTF-8 without one, and read it with a Reader in UTF-8");
    }

    /** Names in the other case, or spelled as in the other source, are meant for us too. */
    private static void requireNotMeant(String name, Map<String, Key> known) {
        String variable = name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        known.forEach((right, key) -> {
            if (key.variable().equals(variable)) {
                throw new IllegalArgumentException(
                        "setting '" + name + "' would have no effect: here its name is '" + right + "'");
            }
        });
    }

    private static IllegalArgumentException unknown(String name, Set<String> known) {
        return new IllegalArgumentException("unknown setting '" + name + "'" + NearestName.guess(name, known));
    }

    /**
     * These settings, and those of {@code fallback} where there is none. If these name a store, one that the fallback
     * names in the other way does not count.
     */
    Settings orElse(Settings fallback) {
        Map<Key, String> merged = new TreeMap<>(fallback.values);
        if (values.containsKey(Key.STORAGE)) {
            merged.keySet().removeIf(key -> key.name().startsWith("S3_"));
        } else if (storage().isPresent()) {
            merged.remove(Key.STORAGE);
        }
        merged.putAll(values);
        return new Settings(merged);
    }

    Optional<String> get(Key key) {
        return Optional.ofNullable(values.get(key));
    }

    Optional<Boolean> flag(Key key) {
        return get(key).map(value -> {
            if (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false")) {
                return Boolean.valueOf(value);
            }
            throw new IllegalArgumentException(
                    "setting " + key.property() + " is '" + value + "'; it must be true or false");
        });
    }

    /** The name of a constant, in any case. */
    <E extends Enum<E>> Optional<E> oneOf(Key key, Class<E> type) {
        return get(key).map(value -> Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("setting " + key.property() + " is '" + value
                        + "'; it must be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")))));
    }

    /** A number of bytes, as in {@code 500000}, {@code 500KiB} or {@code 8MiB}. */
    OptionalLong bytes(Key key) {
        Optional<String> value = get(key);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        Matcher size = SIZE.matcher(value.get());
        if (!size.matches()) {
            throw new IllegalArgumentException("setting " + key.property() + " is '" + value.get()
                    + "'; it must be a number of bytes such as 500000, 500KiB or 8MiB");
        }
        return OptionalLong.of(Long.parseLong(size.group(1)) << Objects.requireNonNull(UNITS.get(size.group(2))));
    }

    /**
     * A whole number of days, hours, minutes, seconds or milliseconds, as in {@code 7d}, {@code 12h}, {@code 30m},
     * {@code 90s} or {@code 500ms}.
     */
    Optional<Duration> duration(Key key) {
        return get(key).map(value -> {
            Matcher duration = DURATION.matcher(value);
            if (!duration.matches()) {
                throw new IllegalArgumentException("setting " + key.property() + " is '" + value
                        + "'; it must be a time such as 7d, 12h, 30m, 90s or 500ms");
            }
            long count = Long.parseLong(duration.group(1));
            return switch (duration.group(2)) {
                case "d" -> Duration.ofDays(count);
                case "h" -> Duration.ofHours(count);
                case "m" -> Duration.ofMinutes(count);
                case "ms" -> Duration.ofMillis(count);
                default -> Duration.ofSeconds(count);
            };
        });
    }

    /**
     * The store: {@code storage} if it is set, otherwise the one that the S3 settings describe unless they are switched
     * off.
     */
    Optional<StorageUri> storage() {
        boolean enabled = flag(Key.S3_ENABLED).orElse(get(Key.S3_BUCKET).isPresent());
        if (get(Key.STORAGE).isPresent()) {
            if (enabled) {
                throw new IllegalArgumentException(
                        "both " + Key.STORAGE.property() + " and the S3 settings name a store; remove one of them,"
                                + " or set " + Key.S3_ENABLED.property() + " to false");
            }
            return get(Key.STORAGE).map(StorageUri::parse);
        }
        if (!enabled) {
            return Optional.empty();
        }
        String bucket = get(Key.S3_BUCKET)
                .orElseThrow(() -> new IllegalArgumentException(Key.S3_ENABLED.property() + " is true but "
                        + Key.S3_BUCKET.property() + " is missing; set it, or use " + Key.STORAGE.property()));
        Map<String, String> options = new LinkedHashMap<>();
        for (Map.Entry<String, Key> option : List.of(
                Map.entry("endpoint", Key.S3_ENDPOINT),
                Map.entry("region", Key.S3_REGION),
                Map.entry("accessKey", Key.S3_ACCESS_KEY),
                Map.entry("secretKey", Key.S3_SECRET_KEY),
                Map.entry("pathStyle", Key.S3_PATH_STYLE))) {
            get(option.getValue()).ifPresent(value -> options.put(option.getKey(), value));
        }
        return Optional.of(new StorageUri("s3", bucket, get(Key.S3_PREFIX).orElse(""), options));
    }

    /** Names only: values may be secrets. */
    @Override
    public String toString() {
        return "Settings" + values.keySet();
    }
}
