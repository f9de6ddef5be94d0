package io.kvbackup.examples.folders;

import io.kvbackup.examples.http.HttpError;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/**
 * A section of the configuration.
 *
 * @param name {@code user_target}
 * @param source the folder to back up
 * @param dest where its newest backup lies as a plain folder
 * @param keepCount how many older ones lie beside it
 * @param dateLast the day of the newest
 */
record Section(String name, Path source, Path dest, int keepCount, Optional<LocalDate> dateLast) {
    static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

    /** @param folder that of the configuration, from which relative paths start */
    static Section of(String name, Map<String, String> values, Path folder) {
        return new Section(
                name,
                path(name, "source", values, folder),
                path(name, "dest", values, folder),
                keepCount(name, values.getOrDefault("keep_count", "0")),
                Optional.ofNullable(values.get("date_last"))
                        .filter(text -> !text.isEmpty())
                        .map(text -> day(name, text)));
    }

    private static Path path(String section, String key, Map<String, String> values, Path folder) {
        String value = values.getOrDefault(key, "");
        if (value.isEmpty()) {
            throw wrong(section, key + " is missing");
        }
        Path path = folder.resolve(value).toAbsolutePath().normalize();
        if (path.getFileName() == null) {
            throw wrong(section, key + " must not be the root of a file system");
        }
        return path;
    }

    private static int keepCount(String section, String text) {
        if (!text.matches("[0-9]{1,4}")) {
            throw wrong(section, "keep_count must be a number from 0 to 9999, not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private static LocalDate day(String section, String text) {
        try {
            return LocalDate.parse(text, DAY);
        } catch (DateTimeException e) {
            throw wrong(section, "date_last must be a day such as 20260131, not '" + text + "'");
        }
    }

    private static HttpError wrong(String section, String what) {
        return ConfigFile.invalid("section [" + section + "]: " + what);
    }
}
