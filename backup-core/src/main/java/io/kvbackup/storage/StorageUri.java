package io.kvbackup.storage;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
    /**
     * The names that an option may have. Anything else is more likely the rest of a secret with a character that was
     * not escaped.
     */
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

    private static final Pattern SECRET = Pattern.compile("(?i).*(key|secret|token|pass|cred|auth|sign).*");
    /** An option outside of the query, because the question mark was forgotten or is another character. */
    private static final Pattern STRAY =
            Pattern.compile("(?i)[^/?&;#]*(key|secret|token|password|credentials?|keyid)=.*", Pattern.DOTALL);

    private static final Pattern NO_PORT = Pattern.compile("(//[^/:\\[]*:)(?![0-9]*(?:/|$)).*");

    static final String ESCAPE = "in a secret, write '%' as %25, '&' as %26 and '#' as %23";

    private static final int MAX_SHOWN = 30;

    public StorageUri {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Parses a URI.
     *
     * @throws IllegalArgumentException if it is malformed, has no scheme, carries user information or a fragment, or
     *     names an option twice; the message says what is wrong and never repeats what may be a part of a secret
     */
    public static StorageUri parse(String text) {
        int query = text.indexOf('?');
        String place = query < 0 ? text : text.substring(0, query);
        URI uri;
        try {
            uri = new URI(place);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("malformed storage URI '" + masked(place, text) + "': " + e.getReason()
                    + "; expected something like s3://bucket/prefix or file:///var/backups");
        }
        if (uri.getScheme() == null) {
            throw new IllegalArgumentException("storage URI '" + masked(place, text)
                    + "' has no scheme; expected something like s3://bucket/prefix or file:///var/backups");
        }
        if (maySayWho(uri, text)) {
            throw new IllegalArgumentException("storage URI '" + masked(place, text)
                    + "' seems to carry credentials; give them as options, and write '@' as %40 elsewhere");
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "storage URI '" + masked(place, text) + "' has a fragment; write '#' as %23");
        }
        if (STRAY.matcher(place).find()) {
            throw new IllegalArgumentException("storage URI '" + masked(place, text)
                    + "' has an option outside of the query; write '?' before the first option, and '&' between them");
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
            String name = equals < 0 ? option : option.substring(0, equals);
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("option number " + (options.size() + 1)
                        + " of the storage URI has no name of" + " letters; " + ESCAPE);
            }
            if (options.containsKey(name)) {
                throw new IllegalArgumentException(
                        "option " + shown(name, options) + " is given twice in the storage URI; " + ESCAPE);
            }
            options.put(name, equals < 0 ? "" : decode(option.substring(equals + 1)));
        }
        return options;
    }

    /** How a message may name an option that should not be there: the text after a secret may be the rest of it. */
    static String shown(String name, Map<String, String> among) {
        boolean afterSecret = among.keySet().stream()
                .anyMatch(other -> !other.equals(name) && SECRET.matcher(other).matches());
        return afterSecret || name.length() > MAX_SHOWN
                ? "number " + (List.copyOf(among.keySet()).indexOf(name) + 1)
                : "'" + name + "'";
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "an option of the storage URI has a '%' that is not followed by two hex digits; write '%' as %25");
        }
    }

    /** Also suspects malformed user information, because a secret key may contain any of {@code / @ # ?}. */
    private static boolean maySayWho(URI uri, String text) {
        String authority = uri.getRawAuthority();
        if (authority != null) {
            return authority.contains("@")
                    || !HOST.matcher(authority).matches()
                    || (authority.contains(":") && text.contains("@"));
        }
        String rest = text.substring(text.indexOf(':') + 1);
        int colon = rest.indexOf(':');
        return colon >= 0 && rest.lastIndexOf('@') > colon && !"file".equalsIgnoreCase(uri.getScheme());
    }

    /**
     * What messages show of a place that is refused: they stop before the first character that may belong to a secret.
     */
    private static String masked(String place, String text) {
        Matcher stray = STRAY.matcher(place);
        if (stray.find()) {
            return place.substring(0, stray.start()) + "***";
        }
        Matcher start = START.matcher(place);
        int from = start.lookingAt() ? start.end() : 0;
        int fragment = place.indexOf('#', from);
        String shown = fragment < 0 ? place : place.substring(0, fragment);
        boolean user = text.indexOf('@', from) >= 0 || (fragment >= 0 && shown.indexOf(':', from) >= 0);
        return user
                ? place.substring(0, from) + "***"
                : NO_PORT.matcher(shown).replaceFirst("$1***") + (fragment < 0 ? "" : "#***");
    }

    /** The URI without its options, which may hold secrets. */
    @Override
    public String toString() {
        return authority.isEmpty() ? scheme + ":" + path : scheme + "://" + authority + "/" + path;
    }
}
