package io.kvbackup;

import io.kvbackup.host.NearestName;
import io.kvbackup.storage.StorageUri;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings that come as text: properties named {@code kvbackup.s3.access-key}, environment variables named
 * {@code KVBACKUP_S3_ACCESS_KEY}, and schedules {@code kvbackup.schedule.nightly}. Empty values count as not given.
 */
final class Settings {
    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

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
        GRACE_PERIOD,
        JOBS_HISTORY_FOLDER,
        JOBS_INSTANCE,
        HEARTBEAT_URL,
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
                    + name.replaceFirst("^(s3|encryption|replication|jobs|heartbeat)_", "$1.")
                            .replace('_', '-');
        }

        String variable() {
            return VARIABLE_PREFIX + name();
        }
    }

    private static final String PROPERTY_PREFIX = "kvbackup.";
    private static final String VARIABLE_PREFIX = "KVBACKUP_";
    private static final Pattern OURS = Pattern.compile("(?i)kvbackup[._](.+)");
    private static final Pattern SCHEDULE = Pattern.compile("(?i)schedule[._](.+)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})(|KiB|MiB|GiB)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|[dhms])");
    private static final Map<String, Integer> UNITS = Map.of("", 0, "KiB", 10, "MiB", 20, "GiB", 30);

    /** Zeros of UTF-16, and byte order marks, as such or read as Latin-1. */
    private static final Pattern NOT_TEXT =
            Pattern.compile("\0|\uFEFF|^\0*(?:\u00EF\u00BB\u00BF|\u00FE\u00FF|\u00FF\u00FE|\uFFFD+)");

    private static final Map<String, Key> KEYS =
            Arrays.stream(Key.values()).collect(Collectors.toMap(key -> plain(key.name()), key -> key));

    private final Map<Key, Given> values;
    private final Map<String, Given> schedules;

    /**
     * A setting as somebody wrote it.
     *
     * @param name in the spelling that was used
     * @param value without blanks around it
     */
    record Given(String name, String value) {
        /** What is wrong with it; shows the value. */
        IllegalArgumentException refused(String why) {
            return new IllegalArgumentException("setting " + name + " is '" + value + "'; " + why);
        }
    }

    private Settings(Map<Key, Given> values, Map<String, Given> schedules) {
        this.values = values;
        this.schedules = schedules;
    }

    /**
     * Those whose name starts with {@code kvbackup.}; others are the host's own.
     *
     * @throws IllegalArgumentException if one of them is unknown
     */
    static Settings ofProperties(Map<String, String> properties) {
        return of(properties, PROPERTY_PREFIX, name -> {
            if (name.toLowerCase(Locale.ROOT).startsWith(PROPERTY_PREFIX)) {
                throw unknown(name, Key::property);
            }
        });
    }

    /**
     * Those whose name starts with {@code KVBACKUP_}; others are not for us. An unknown one is told of and passed over,
     * since clusters put variables of their own there, such as {@code KVBACKUP_PORT}; but whoever means to encrypt must
     * not go without for a typing error.
     *
     * @throws IllegalArgumentException if one is unknown and is about encryption
     */
    static Settings ofEnvironment(Map<String, String> variables) {
        return of(variables, VARIABLE_PREFIX, name -> {
            String upper = name.toUpperCase(Locale.ROOT);
            if (upper.startsWith(VARIABLE_PREFIX + "ENCRYPTION")) {
                throw unknown(name, Key::variable);
            } else if (upper.startsWith(VARIABLE_PREFIX)) {
                LOG.warn("{}; it is passed over", unknown(name, Key::variable).getMessage());
            }
        });
    }

    /** Upper and lower case, dots, dashes and underscores make no difference. */
    private static Settings of(Map<String, String> given, String prefix, Consumer<String> unknown) {
        Map<Key, Given> values = new TreeMap<>();
        Map<String, Given> schedules = new TreeMap<>();
        new TreeMap<>(given).forEach((name, value) -> {
            requireText(name, value, prefix);
            Matcher ours = OURS.matcher(name);
            if (!ours.matches()) {
                return;
            }
            Matcher schedule = SCHEDULE.matcher(ours.group(1));
            Key key = KEYS.get(plain(ours.group(1)));
            if (key == null && !schedule.matches()) {
                unknown.accept(name);
            } else if (!value.isBlank()) {
                Given setting = new Given(name, value.strip());
                Given other = key != null
                        ? values.putIfAbsent(key, setting)
                        : schedules.putIfAbsent(scheduleName(schedule.group(1), prefix), setting);
                if (other != null && !other.value().equals(setting.value())) {
                    throw new IllegalArgumentException("settings '" + other.name() + "' and '" + name
                            + "' are the same one with two values; remove one of them");
                }
            }
        });
        return new Settings(values, schedules);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
    }

    /** Variables are written in capitals, with underscores. */
    private static String scheduleName(String name, String prefix) {
        return prefix.equals(VARIABLE_PREFIX) ? name.toLowerCase(Locale.ROOT).replace('_', '-') : name;
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

    private static IllegalArgumentException unknown(String name, Function<Key, String> spelling) {
        List<String> known = Arrays.stream(Key.values()).map(spelling).toList();
        return new IllegalArgumentException("unknown setting '" + name + "'" + NearestName.guess(name, known));
    }

    /**
     * These settings, and those of {@code fallback} where there is none. If these name a store, one that the fallback
     * names in the other way does not count.
     */
    Settings orElse(Settings fallback) {
        Map<Key, Given> merged = new TreeMap<>(fallback.values);
        if (values.containsKey(Key.STORAGE)) {
            merged.keySet().removeIf(key -> key.name().startsWith("S3_"));
        } else if (storage().isPresent()) {
            merged.remove(Key.STORAGE);
        }
        merged.putAll(values);
        Map<String, Given> allSchedules = new TreeMap<>(fallback.schedules);
        allSchedules.putAll(schedules);
        return new Settings(merged, allSchedules);
    }

    Optional<String> get(Key key) {
        return given(key).map(Given::value);
    }

    private Optional<Given> given(Key key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Its name, in the spelling of whoever has set it. */
    String name(Key key) {
        return given(key).map(Given::name).orElse(key.property());
    }

    /** Schedules by name. */
    Map<String, Given> schedules() {
        return Collections.unmodifiableMap(schedules);
    }

    Optional<Boolean> flag(Key key) {
        return given(key).map(given -> {
            if (given.value().equalsIgnoreCase("true") || given.value().equalsIgnoreCase("false")) {
                return Boolean.valueOf(given.value());
            }
            throw given.refused("it must be true or false");
        });
    }

    /** The name of a constant, in any case. */
    <E extends Enum<E>> Optional<E> oneOf(Key key, Class<E> type) {
        return given(key)
                .map(given -> Arrays.stream(type.getEnumConstants())
                        .filter(each -> each.name().equalsIgnoreCase(given.value()))
                        .findFirst()
                        .orElseThrow(() -> given.refused("it must be one of "
                                + Arrays.stream(type.getEnumConstants())
                                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")))));
    }

    /** A number of bytes, as in {@code 500000}, {@code 500KiB} or {@code 8MiB}. */
    OptionalLong bytes(Key key) {
        Optional<Given> given = given(key);
        return given.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(bytes(given.get().value())
                        .orElseThrow(() ->
                                given.get().refused("it must be a number of bytes such as 500000, 500KiB or 8MiB")));
    }

    static Optional<Long> bytes(String text) {
        Matcher size = SIZE.matcher(text);
        return size.matches()
                ? Optional.of(Long.parseLong(size.group(1)) << Objects.requireNonNull(UNITS.get(size.group(2))))
                : Optional.empty();
    }

    /**
     * A whole number of days, hours, minutes, seconds or milliseconds, as in {@code 7d}, {@code 12h}, {@code 30m},
     * {@code 90s} or {@code 500ms}.
     */
    Optional<Duration> duration(Key key) {
        return given(key)
                .map(given -> duration(given.value())
                        .orElseThrow(() -> given.refused("it must be a time such as 7d, 12h, 30m, 90s or 500ms")));
    }

    static Optional<Duration> duration(String text) {
        Matcher duration = DURATION.matcher(text);
        if (!duration.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(duration.group(1));
        return Optional.of(
                switch (duration.group(2)) {
                    case "d" -> Duration.ofDays(count);
                    case "h" -> Duration.ofHours(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "ms" -> Duration.ofMillis(count);
                    default -> Duration.ofSeconds(count);
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
                        "both " + name(Key.STORAGE) + " and the S3 settings name a store; remove one of them,"
                                + " or set " + name(Key.S3_ENABLED) + " to false");
            }
            return get(Key.STORAGE).map(StorageUri::parse);
        }
        if (!enabled) {
            return Optional.empty();
        }
        String bucket = get(Key.S3_BUCKET)
                .orElseThrow(() -> new IllegalArgumentException(name(Key.S3_ENABLED) + " is true but "
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
        return "Settings" + values.keySet() + schedules.keySet();
    }
}
