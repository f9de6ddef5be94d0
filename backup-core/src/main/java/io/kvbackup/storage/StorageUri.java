package io.kvbackup.storage;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a store: {@code s3://bucket/prefix?region=eu-west-1}, {@code file:///var/backups}, {@code mem:test}.
 *
 * @param scheme chooses the provider, in lower case
 * @param authority bucket or host; empty if the URI has none
 * @param path below it, decoded, without a leading slash where there is an authority; may be empty
 * @param options from the query, decoded, in order
 */
public record StorageUri(String scheme, String authority, String path, Map<String, String> options) {
    /** The scheme, if any, and slashes. */
    private static final Pattern START = Pattern.compile("(?:[A-Za-z][A-Za-z0-9+.-]*:)?/*");

    private static final Pattern HOST = Pattern.compile("(?:[^:]*|\\[.*])(?::[0-9]*)?");
    private static final Pattern NO_PORT = Pattern.compile("(//[^/:\\[]*:)(?![0-9]*(?:/|$)).*");

    public StorageUri {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Parses a URI.
     *
     * @throws IllegalArgumentException if it is malformed, has no scheme, carries user information or a fragment, or names
     *     an option twice; the message says what is wrong and never repeats the query, which may hold secrets
     */
    public static StorageUri parse(String text) {
        int query = text.indexOf('?');
        String place = query < 0 ? text : text.substring(0, query);
        URI uri;
        try {
            uri = new URI(place);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("malformed storage URI '" + masked(place) + "': " + e.getReason()
                    + "; expected something like s3://bucket/prefix or file:///var/backups");
        }
        if (uri.getScheme() == null) {
            throw new IllegalArgumentException("storage URI '" + masked(place)
                    + "' has no scheme; expected something like s3://bucket/prefix or file:///var/backups");
        }
        if (maySayWho(uri, place)) {
            throw new IllegalArgumentException("storage URI '" + masked(place)
                    + "' seems to carry credentials; give them as options, and write '@' as %40 in a path");
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("storage URI '" + masked(place) + "' has a fragment; write '#' as %23");
        }
        String authority = uri.getAuthority() == null ? "" : uri.getAuthority();
        return new StorageUri(
                uri.getScheme().toLowerCase(Locale.ROOT),
                authority,
                path(uri, authority),
                query < 0 ? Map.of() : options(text.substring(query + 1)));
    }

    private static String path(URI uri, String authority) {
        String path = uri.isOpaque()
                ? URLDecoder.decode(uri.getRawSchemeSpecificPart().replace("+", "%2B"), StandardCharsets.UTF_8)
                : uri.getPath();
        return !authority.isEmpty() && path.startsWith("/") ? path.substring(1) : path;
    }

    private static Map<String, String> options(String query) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : query.split("&", -1)) {
            if (option.isEmpty()) {
                continue;
            }
            int equals = option.indexOf('=');
            String name = decode(equals < 0 ? option : option.substring(0, equals));
            if (options.put(name, equals < 0 ? "" : decode(option.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("option '" + name + "' is given twice in the storage URI");
            }
        }
        return options;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "an option of the storage URI has a '%' that is not followed by two hex digits; write '%' as %25");
        }
    }

    /** Suspects more than well-formed user information, since a secret key may contain any of {@code / @ # ?}. */
    private static boolean maySayWho(URI uri, String place) {
        String authority = uri.getRawAuthority();
        if (authority != null) {
            return authority.contains("@")
                    || !HOST.matcher(authority).matches()
                    || (authority.contains(":") && place.contains("@"));
        }
        String rest = place.substring(place.indexOf(':') + 1);
        int colon = rest.indexOf(':');
        return colon >= 0 && rest.lastIndexOf('@') > colon && !"file".equalsIgnoreCase(uri.getScheme());
    }

    private static String masked(String place) {
        int at = place.lastIndexOf('@');
        Matcher start = START.matcher(place);
        int from = start.lookingAt() ? start.end() : 0;
        return at >= from
                ? place.substring(0, from) + "***" + place.substring(at)
                : NO_PORT.matcher(place).replaceFirst("$1***");
    }

    /** The URI without its options, which may hold secrets. */
    @Override
    public String toString() {
        return authority.isEmpty() ? scheme + ":" + path : scheme + "://" + authority + "/" + path;
    }
}
