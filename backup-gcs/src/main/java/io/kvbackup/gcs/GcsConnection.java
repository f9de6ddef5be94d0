package io.kvbackup.gcs;

import io.kvbackup.objectstore.OptionValues;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the store.
 *
 * @param endpoint of a store that is not Google's public one, without a path; or null
 * @param project that requests are made for; or null for that of the credentials
 * @param credentials {@code default}, {@code none}, or the path of a service account's key file
 */
record GcsConnection(@Nullable URI endpoint, @Nullable String project, String credentials, Duration connectTimeout) {
    static final String DEFAULT = "default";
    static final String NONE = "none";

    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    GcsConnection {
        if (isPlain(endpoint) && !credentials.equals(NONE)) {
            throw new IllegalArgumentException("option endpoint is " + endpoint
                    + ", which is not encrypted, and option credentials is not " + NONE
                    + "; use https, or leave the credentials out");
        }
        if (project != null && !project.matches("[a-z0-9][a-z0-9.:-]*")) {
            throw OptionValues.refused("project", project, "the id of a project such as my-project-1");
        }
        if (connectTimeout.isZero()) {
            throw OptionValues.refused("connectTimeout", "0", "a time such as 5s");
        }
    }

    static GcsConnection parse(OptionValues options) {
        URI endpoint = endpoint(options.text("endpoint"));
        String credentials = options.text("credentials");
        String otherwise = isPlain(endpoint) ? NONE : DEFAULT;
        return new GcsConnection(
                endpoint,
                options.text("project"),
                credentials == null ? otherwise : credentials,
                options.intMillis("connectTimeout", DEFAULT_CONNECT_TIMEOUT));
    }

    private static boolean isPlain(@Nullable URI endpoint) {
        return endpoint != null && "http".equalsIgnoreCase(endpoint.getScheme());
    }

    private static @Nullable URI endpoint(@Nullable String value) {
        if (value == null) {
            return null;
        }
        if (value.contains("@")) {
            throw new IllegalArgumentException(
                    "option endpoint carries credentials before '@'; name a key file in option credentials");
        }
        try {
            URI uri = new URI(value.endsWith("/") ? value.substring(0, value.length() - 1) : value);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            boolean bare = "".equals(uri.getRawPath()) && uri.getRawQuery() == null && uri.getRawFragment() == null;
            if (http && bare && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Refused below, like any other value that names no host.
        }
        throw OptionValues.refused("endpoint", value, "a URI without a path such as https://store.example.com:4443");
    }

    /** Without the name of the key file. */
    @Override
    public String toString() {
        return "GcsConnection[endpoint=" + endpoint + ", project=" + project + "]";
    }
}
