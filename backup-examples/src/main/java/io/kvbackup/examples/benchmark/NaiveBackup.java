package io.kvbackup.examples.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * The way that comes to mind first: gather all entries in a map, write it as JSON through gzip into a byte array, put
 * the array. It is spared the parsing of the values.
 */
final class NaiveBackup {
    private static final JsonMapper JSON = new JsonMapper();

    private NaiveBackup() {}

    /**
     * What was written.
     *
     * @param entries in the database
     * @param stored bytes of the file
     */
    record Result(long entries, long stored) {}

    static Result write(BenchmarkDatabase database, Path file) throws IOException {
        Map<String, RawValue> entries = new LinkedHashMap<>();
        database.scan((key, value) -> entries.put(
                new String(key, StandardCharsets.UTF_8), new RawValue(new String(value, StandardCharsets.UTF_8))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            JSON.writeValue(gzip, Map.of(BenchmarkDatabase.NAME, entries));
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, bytes.toByteArray());
        return new Result(entries.size(), bytes.size());
    }
}
