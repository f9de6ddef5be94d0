package io.kvbackup.examples.kvserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Json;
import io.kvbackup.examples.http.Request;
import io.kvbackup.model.AuthBackup;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Requests about databases, sets and their entries. */
final class DataRoutes {
    private final JsonDatabases databases;
    private final Access access;
    private final SecureRandom random = new SecureRandom();

    DataRoutes(JsonDatabases databases, Access access) {
        this.databases = databases;
        this.access = access;
    }

    void addTo(HttpHost host) {
        host.route("POST", "/create", this::create)
                .route("POST", "/drop", this::drop)
                .route("POST", "/set/create", this::createSet)
                .route("POST", "/set/list", this::listSets)
                .route("POST", "/set/put", this::put)
                .route("POST", "/set/get", this::get)
                .route("POST", "/set/delete", this::delete);
    }

    private Answer create(Request request) throws IOException {
        JsonNode body = request.json();
        access.requireAdmin(request, body);
        String name = Database.requireName(Json.text(body, "name"));
        Content content = new Content(auth(body.path("auth")));
        if (databases
                .write(all -> Optional.ofNullable(all.putIfAbsent(name, content)))
                .isPresent()) {
            throw new HttpError(409, "DB_ALREADY_EXISTS", "Database '" + name + "' already exists");
        }
        return Answer.done("Database created successfully", Map.of("database", name));
    }

    private @Nullable AuthBackup auth(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        String username = Json.text(given, "username");
        return new AuthBackup(username, Passwords.hash(Json.text(given, "password"), random), true);
    }

    private Answer drop(Request request) throws IOException {
        JsonNode body = request.json();
        access.requireAdmin(request, body);
        String name = Json.text(body, "name");
        if (databases.write(all -> Optional.ofNullable(all.remove(name))).isEmpty()) {
            throw Access.noDatabase(name);
        }
        return Answer.done("Database dropped successfully");
    }

    private Answer createSet(Request request) throws IOException {
        JsonNode body = request.json();
        String database = access.requireUser(request, body);
        String name = requireEncodable(Json.text(body, "name"), "name");
        boolean isNew = change(database, content -> content.sets().putIfAbsent(name, Content.noEntries()) == null);
        if (!isNew) {
            throw new HttpError(409, "SET_ALREADY_EXISTS", "Set '" + name + "' already exists");
        }
        return Answer.done("Set created successfully", Map.of("set", name));
    }

    private Answer listSets(Request request) throws IOException {
        JsonNode body = request.json();
        String database = access.requireUser(request, body);
        return Answer.data(Map.of(
                "sets", look(database, content -> List.copyOf(content.sets().keySet()))));
    }

    private Answer put(Request request) throws IOException {
        JsonNode body = request.json();
        String database = access.requireUser(request, body);
        String set = requireEncodable(Json.text(body, "set"), "set");
        byte[] key = key(body);
        JsonNode value = body.path("value");
        if (value.isMissingNode()) {
            throw HttpError.invalid("Field 'value' is required");
        }
        change(database, content -> {
            content.put(set, key, value);
            return true;
        });
        return Answer.done("Data stored successfully");
    }

    private Answer get(Request request) throws IOException {
        JsonNode body = request.json();
        String database = access.requireUser(request, body);
        String set = Json.text(body, "set");
        byte[] key = key(body);
        JsonNode value = look(
                        database,
                        content -> Optional.ofNullable(set(content, set).get(key)))
                .orElseThrow(() -> noKey(body));
        return Answer.data(value);
    }

    private Answer delete(Request request) throws IOException {
        JsonNode body = request.json();
        String database = access.requireUser(request, body);
        String set = Json.text(body, "set");
        byte[] key = key(body);
        boolean found = change(database, content -> {
            set(content, set);
            return content.remove(set, key) != null;
        });
        if (!found) {
            throw noKey(body);
        }
        return Answer.done("Data deleted successfully");
    }

    private <T> T look(String database, Function<Content, T> look) {
        return databases.read(all -> look.apply(existing(all, database)));
    }

    private <T> T change(String database, Function<Content, T> change) {
        return databases.write(all -> change.apply(existing(all, database)));
    }

    /** It may have been dropped since the user was looked up. */
    static Content existing(Map<String, Content> all, String database) {
        Content content = all.get(database);
        if (content == null) {
            throw Access.noDatabase(database);
        }
        return content;
    }

    static NavigableMap<byte[], JsonNode> set(Content content, String name) {
        NavigableMap<byte[], JsonNode> entries = content.sets().get(name);
        if (entries == null) {
            throw new HttpError(404, "SET_NOT_FOUND", "Set '" + name + "' not found");
        }
        return entries;
    }

    private static HttpError noKey(JsonNode body) {
        return new HttpError(404, "KEY_NOT_FOUND", "Key '" + Json.text(body, "key") + "' not found");
    }

    private static byte[] key(JsonNode body) {
        return encode(Json.text(body, "key"), "key");
    }

    /** What cannot be encoded could not be backed up. */
    static String requireEncodable(String text, String field) {
        encode(text, field);
        return text;
    }

    private static byte[] encode(String text, String field) {
        try {
            return Codec.utf8().encode(text);
        } catch (IOException e) {
            throw HttpError.invalid("Field '" + field + "' is not valid Unicode: it has half of a surrogate pair");
        }
    }
}
