package io.kvbackup.cli;

import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A store as the command line names it: a URI, a folder, {@code env:NAME} for a URI in a variable, or {@code @FILE} for
 * one in a file. Only the last two may hold secrets, because arguments show in lists of processes.
 */
final class StoreName {
    static final String HELP = "s3://bucket/prefix?region=..., gs://bucket/prefix, file:///folder or a plain folder; "
            + "env:NAME or @FILE take the URI from a variable or a file, where it may hold credentials";

    static final String VARIABLE = "KVBACKUP_STORAGE";

    /** How the names of the tool's own variables begin. */
    static final String OURS = "KVBACKUP_CLI_";

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*", Pattern.DOTALL);
    private static final List<String> SECRETS = List.of("accessKey", "secretKey", "sessionToken");

    private StoreName() {}

    /** @return the URI */
    static String parse(String text, Map<String, String> environment) throws IOException {
        if (text.startsWith("env:")) {
            String variable = text.substring(4);
            return uri(Optional.ofNullable(environment.get(variable))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "there is no variable " + variable + " in the environment to take the store from")));
        } else if (text.startsWith("@")) {
            return uri(firstLine(Path.of(text.substring(1))));
        }
        String uri = uri(text);
        Map<String, String> options = StorageUri.parse(uri).options();
        for (String secret : SECRETS) {
            if (options.containsKey(secret)) {
                throw new IllegalArgumentException("'" + secret
                        + "' is a secret, and everybody can see arguments in the list of processes; set"
                        + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put the whole URI into a variable or file"
                        + " and write env:NAME or @FILE");
            }
        }
        return uri;
    }

    /** The variables without those of the tool itself, and with the store's name made a URI. */
    static Map<String, String> forLibrary(Map<String, String> environment) {
        Map<String, String> settings = new LinkedHashMap<>(environment);
        settings.keySet().removeIf(name -> name.startsWith(OURS));
        settings.computeIfPresent(VARIABLE, (name, store) -> store.isBlank() ? store : uri(store));
        return settings;
    }

    private static String firstLine(Path file) throws IOException {
        return Files.readString(file)
                .lines()
                .findFirst()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException(file + " is empty; its first line must be the store"));
    }

    private static String uri(String text) {
        if (SCHEME.matcher(text).matches()) {
            return text;
        } else if (text.isBlank()) {
            throw new IllegalArgumentException("the store has no name; write " + HELP);
        }
        try {
            String uri = Path.of(text).toAbsolutePath().normalize().toUri().toString();
            return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is neither a store's URI nor a folder", e);
        }
    }
}
