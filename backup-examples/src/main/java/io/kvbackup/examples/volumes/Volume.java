package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.Json;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of one instance of a process of an app.
 *
 * @param path as in the app's description, such as {@code /var/data}
 */
record Volume(String app, String proc, int instance, String path) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,60}");
    private static final Pattern PATH = Pattern.compile("/?[^/\\p{Cntrl}]+(/[^/\\p{Cntrl}]+)*/?");
    private static final Pattern DOT = Pattern.compile("\\.");

    Volume {
        requireName("app", app);
        requireName("proc", proc);
        if (instance < 1) {
            throw HttpError.invalid("The number of an instance must be at least 1, not " + instance);
        }
        if (path.length() > 60
                || !PATH.matcher(path).matches()
                || Stream.of("/" + path + "/").anyMatch(text -> text.contains("/../") || text.contains("/./"))) {
            throw HttpError.invalid("'" + path + "' is not the path of a volume");
        }
        path = path.replaceAll("^/|/$", "");
    }

    static String requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw HttpError.invalid("'" + name + "' is not the name of " + (what.equals("app") ? "an " : "a ") + what);
        }
        return name;
    }

    static Volume of(JsonNode fields) {
        return new Volume(
                Json.text(fields, "app"),
                Json.text(fields, "proc"),
                Json.number(fields, "instanceNo", 1, 0),
                Json.text(fields, "volume"));
    }

    Map<String, Object> fields() {
        return Map.of("app", app, "proc", proc, "instanceNo", instance, "volume", path);
    }

    /** The name of the database that this volume is; different volumes have different ones, that need no escapes. */
    String database() {
        return Stream.of(app, proc, Integer.toString(instance), path)
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8)
                        .replace(".", "%2E")
                        .replace("*", "%2A")
                        .replace("+", "%20")
                        .replace('%', '~'))
                .collect(Collectors.joining("."));
    }

    /** The volume of a database, if it is one. */
    static Optional<Volume> ofDatabase(String name) {
        try {
            List<String> parts = DOT.splitAsStream(name)
                    .map(part -> URLDecoder.decode(part.replace('~', '%'), StandardCharsets.UTF_8))
                    .toList();
            return parts.size() == 4
                    ? Optional.of(new Volume(parts.get(0), parts.get(1), Integer.parseInt(parts.get(2)), parts.get(3)))
                    : Optional.empty();
        } catch (IllegalArgumentException | HttpError e) {
            return Optional.empty();
        }
    }

    /** Where it lies on its server. */
    Path folder(Path root) {
        return root.resolve(app)
                .resolve(proc)
                .resolve(Integer.toString(instance))
                .resolve(path);
    }
}
