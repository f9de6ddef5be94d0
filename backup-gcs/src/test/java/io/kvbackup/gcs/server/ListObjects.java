package io.kvbackup.gcs.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lists objects, page by page. A delimiter is not supported. */
final class ListObjects {
    /** The default and the maximum of the documentation. */
    static final int MAX_PAGE = 1_000;

    private static final Set<String> PARAMETERS =
            Set.of("prefix", "startOffset", "endOffset", "pageToken", "maxResults", "versions");

    private ListObjects() {}

    /**
     * @param page the largest page
     * @param bounds whether {@code startOffset} is understood
     */
    static Reply handle(Bucket bucket, Request request, int page, boolean bounds) throws ApiException {
        request.allow(PARAMETERS);
        String prefix = request.parameter("prefix").orElse("");
        String start = bounds ? request.parameter("startOffset").orElse("") : "";
        Optional<String> token = request.parameter("pageToken");
        String after = token.isPresent() ? decode(token.get(), prefix, start) : null;
        long max = Math.min(page, request.number("maxResults").orElse((long) MAX_PAGE));
        if (max == 0) {
            throw ApiException.invalid("Invalid value '0' for maxResults");
        }
        Bucket.Page listed =
                bucket.list(prefix, start, request.parameter("endOffset").orElse(""), after, (int) max);
        return Reply.json(json(listed, prefix, start));
    }

    private static ObjectNode json(Bucket.Page page, String prefix, String start) {
        ObjectNode json = Reply.JSON.createObjectNode().put("kind", "storage#objects");
        List<StoredObject> objects = page.objects();
        if (page.more()) {
            json.put(
                    "nextPageToken",
                    encode(objects.get(objects.size() - 1).info().name(), prefix, start));
        }
        if (!objects.isEmpty()) {
            ArrayNode items = json.putArray("items");
            objects.forEach(object -> items.add(object.json()));
        }
        return json;
    }

    /** A token belongs to its query: with another one it is refused. */
    private static String encode(String last, String prefix, String start) {
        String text = Integer.toHexString((prefix + "\0" + start).hashCode()) + ":" + last;
        return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token, String prefix, String start) throws ApiException {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            String last = text.substring(text.indexOf(':') + 1);
            if (encode(last, prefix, start).equals(token)) {
                return last;
            }
        } catch (IllegalArgumentException e) {
            // Refused below.
        }
        throw ApiException.invalid("Invalid page token: " + token);
    }
}
