package io.kvbackup.server;

import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides who may ask. */
final class Guard {
    /** Browsers let no page of another origin send it without asking first, and this server never agrees. */
    static final String OWN_HEADER = "X-Kvbackup";

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Optional<String> token;
    private final boolean loopback;

    /** @param loopback whether it listens on the loopback address only */
    Guard(Optional<String> token, boolean loopback) {
        this.token = token;
        this.loopback = loopback;
    }

    /**
     * Refuses a request under a foreign name: a page may have had its own name point here.
     *
     * @param pathIsPublic whether the path shows nothing of the host
     */
    void check(String method, Headers headers, boolean pathIsPublic) throws HttpFailure {
        String host = headers.getFirst("Host");
        if (loopback && (host == null || !LOOPBACK_NAMES.contains(nameOf(host)))) {
            throw new HttpFailure(403, "this server answers to localhost, 127.0.0.1 and [::1] only");
        }
        if (method.equals("POST")) {
            checkOrigin(headers, host);
        }
        if (!pathIsPublic && token.isPresent() && !matches(headers.getFirst("Authorization"), token.get())) {
            throw new HttpFailure(401, "send the server's token in the header 'Authorization: Bearer <token>'");
        }
    }

    private static void checkOrigin(Headers headers, @Nullable String host) throws HttpFailure {
        if (headers.getFirst(OWN_HEADER) == null) {
            throw new HttpFailure(403, "send the header '" + OWN_HEADER + ": 1' with each POST");
        }
        String origin = headers.getFirst("Origin");
        if (origin != null && !origin.toLowerCase(Locale.ROOT).endsWith("//" + host)) {
            throw new HttpFailure(403, "a page of another origin asked");
        }
    }

    private static String nameOf(String host) {
        String name = URI.create("http://" + host.replaceAll("[^A-Za-z0-9.:\\[\\]-]", ""))
                .getHost();
        return name == null ? "" : name.toLowerCase(Locale.ROOT);
    }

    private static boolean matches(@Nullable String header, String token) {
        byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        return header != null && MessageDigest.isEqual(header.getBytes(StandardCharsets.UTF_8), expected);
    }
}
