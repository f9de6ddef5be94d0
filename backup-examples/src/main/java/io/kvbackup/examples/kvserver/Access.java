package io.kvbackup.examples.kvserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.Json;
import io.kvbackup.examples.http.Request;
import io.kvbackup.examples.http.Request.Credentials;
import io.kvbackup.model.AuthBackup;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Who may do what: the administrator, if there is one, and the user of a database, if it has one. */
final class Access {
    private final JsonDatabases databases;
    private final Optional<Credentials> admin;

    Access(JsonDatabases databases, Optional<Credentials> admin) {
        this.databases = databases;
        this.admin = admin;
    }

    void requireAdmin(Request request, JsonNode body) {
        if (admin.isPresent()
                && given(request, "X-Admin-Authorization", body.path("admin_auth"))
                        .filter(credentials -> isAdmin(credentials, admin.get()))
                        .isEmpty()) {
            throw new HttpError(401, "ADMIN_AUTH_REQUIRED", "Admin authentication required");
        }
    }

    private static boolean isAdmin(Credentials given, Credentials wanted) {
        return Passwords.same(bytes(given.username()), bytes(wanted.username()))
                && Passwords.same(bytes(given.password()), bytes(wanted.password()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The name of the database that a request is about, which exists and which its sender may use. */
    String requireUser(Request request, JsonNode body) {
        String name = Json.text(body, "database");
        Optional<AuthBackup> auth = databases.read(all -> {
            Content content = all.get(name);
            if (content == null) {
                throw noDatabase(name);
            }
            return Optional.ofNullable(content.auth()).filter(AuthBackup::enabled);
        });
        if (auth.isPresent()
                && given(request, "Authorization", body.path("auth"))
                        .filter(credentials -> isUser(credentials, auth.get()))
                        .isEmpty()) {
            throw new HttpError(401, "AUTH_FAILED", "Authentication failed");
        }
        return name;
    }

    static HttpError noDatabase(String name) {
        return new HttpError(404, "DB_NOT_FOUND", "Database '" + name + "' not found");
    }

    private static boolean isUser(Credentials given, AuthBackup auth) {
        return given.username().equals(auth.username()) && Passwords.matches(given.password(), auth.password());
    }

    private static Optional<Credentials> given(Request request, String header, JsonNode field) {
        return request.basicAuth(header)
                .or(() -> Json.optionalText(field, "username")
                        .map(name -> new Credentials(
                                name, Json.optionalText(field, "password").orElse(""))));
    }
}
