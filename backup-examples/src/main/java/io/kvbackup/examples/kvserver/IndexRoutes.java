package io.kvbackup.examples.kvserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Json;
import io.kvbackup.examples.http.Request;
import io.kvbackup.model.IndexBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/** Requests about indexes: by the value of a field, and sorted by others. */
final class IndexRoutes {
    private static final int DEFAULT_LIMIT = 10;

    private record Hit(String key, JsonNode value) {}

    private final JsonDatabases databases;
    private final Access access;

    IndexRoutes(JsonDatabases databases, Access access) {
        this.databases = databases;
        this.access = access;
    }

    void addTo(HttpHost host) {
        host.route("POST", "/index/create", request -> create(request, "field", Index.BASIC))
                .route("POST", "/index/create/sortable", request -> create(request, "primary_field", Index.SORTABLE))
                .route("POST", "/index/drop", this::drop)
                .route("POST", "/index/query", this::query)
                .route("POST", "/index/query/sorted", this::sorted)
                .route("POST", "/index/query/multi-sorted", this::sorted);
    }

    private Answer create(Request request, String fieldName, int type) throws IOException {
        JsonNode body = request.json();
        String database = access.requireUser(request, body);
        String set = Json.text(body, "set");
        String name = DataRoutes.requireEncodable(Json.text(body, "name"), "name");
        String field = DataRoutes.requireEncodable(Json.text(body, fieldName), fieldName);
        List<String> sortFields = type == Index.SORTABLE ? Json.texts(body, "sort_fields") : List.of();
        sortFields.forEach(each -> DataRoutes.requireEncodable(each, "sort_fields"));
        if (type == Index.SORTABLE && sortFields.isEmpty()) {
            throw HttpError.invalid("Field 'sort_fields' must name at least one field");
        }
        databases.write(all -> {
            Content content = DataRoutes.existing(all, database);
            DataRoutes.set(content, set);
            if (content.indexes().containsKey(name)) {
                throw new HttpError(409, "INDEX_ALREADY_EXISTS", "Index '" + name + "' already exists");
            }
            content.addIndex(new IndexBackup(name, set, field, type, sortFields));
            return name;
        });
        return Answer.done(
                type == Index.SORTABLE ? "Sortable index created successfully" : "Index created successfully",
                Map.of("index", name));
    }

    private Answer drop(Request request) throws IOException {
        JsonNode body = request.json();
        String database = access.requireUser(request, body);
        String set = Json.text(body, "set");
        String name = Json.text(body, "name");
        databases.write(all -> {
            Content content = DataRoutes.existing(all, database);
            index(content, set, name);
            content.indexes().remove(name);
            return name;
        });
        return Answer.done("Index dropped successfully");
    }

    private static Index index(Content content, String set, String name) {
        Index index = content.indexes().get(name);
        if (index == null || !index.isOver(set)) {
            throw new HttpError(404, "INDEX_NOT_FOUND", "Set '" + set + "' has no index '" + name + "'");
        }
        return index;
    }

    private Answer query(Request request) throws IOException {
        JsonNode body = request.json();
        List<Hit> hits = find(access.requireUser(request, body), body, List.of());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", "success");
        fields.put("count", hits.size());
        fields.put("data", hits);
        return Answer.json(200, fields);
    }

    /** By one field, which {@code sort} is, or by several, of which it is a list. */
    private Answer sorted(Request request) throws IOException {
        JsonNode body = request.json();
        String database = access.requireUser(request, body);
        JsonNode pagination = body.path("pagination");
        int offset = Json.number(pagination, "offset", 0, 0);
        int limit = Json.number(pagination, "limit", 1, DEFAULT_LIMIT);
        JsonNode sort = body.path("sort");
        List<JsonNode> orders = new ArrayList<>();
        if (sort.isArray()) {
            sort.forEach(orders::add);
        } else {
            orders.add(sort);
        }
        if (orders.isEmpty()) {
            throw HttpError.invalid("Field 'sort' must name at least one field");
        }
        List<Hit> hits = find(database, body, orders);
        List<Hit> page = hits.stream().skip(offset).limit(limit).toList();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", "success");
        fields.put("count", page.size());
        fields.put("total", hits.size());
        fields.put("offset", offset);
        fields.put("limit", limit);
        fields.put("data", page);
        return Answer.json(200, fields);
    }

    private List<Hit> find(String database, JsonNode body, List<JsonNode> orders) {
        String set = Json.text(body, "set");
        String name = Json.text(body, "index");
        JsonNode value = body.path("value");
        if (!value.isValueNode() || value.isNull()) {
            throw HttpError.invalid("Field 'value' is required, as a text or a number");
        }
        List<Hit> hits = databases.read(all -> {
            Content content = DataRoutes.existing(all, database);
            NavigableMap<byte[], JsonNode> entries = DataRoutes.set(content, set);
            Index index = index(content, set, name);
            if (!orders.isEmpty() && index.description().type() != Index.SORTABLE) {
                throw new HttpError(400, "INVALID_INDEX_TYPE", "Index '" + name + "' is not a sortable index");
            }
            List<Hit> found = new ArrayList<>();
            index.find(value.asText())
                    .forEach(key -> Optional.ofNullable(entries.get(key))
                            .ifPresent(entry -> found.add(new Hit(new String(key, StandardCharsets.UTF_8), entry))));
            order(orders, index.description()).ifPresent(order -> found.sort(Comparator.comparing(Hit::value, order)));
            return found;
        });
        return hits;
    }

    private static Optional<Comparator<JsonNode>> order(List<JsonNode> orders, IndexBackup index) {
        return orders.stream()
                .map(each -> {
                    String field = Json.text(each, "field");
                    if (!index.sortFields().contains(field)) {
                        throw HttpError.invalid("Index '" + index.name() + "' sorts by " + index.sortFields()
                                + ", not by '" + field + "'");
                    }
                    String direction = Json.optionalText(each, "order").orElse("asc");
                    if (!direction.equals("asc") && !direction.equals("desc")) {
                        throw HttpError.invalid("Field 'order' must be asc or desc");
                    }
                    return Index.by(field, direction.equals("asc"));
                })
                .reduce(Comparator::thenComparing);
    }
}
