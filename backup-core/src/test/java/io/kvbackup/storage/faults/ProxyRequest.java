package io.kvbackup.storage.faults;

import java.util.List;
import java.util.Optional;

/**
 * The head of a request.
 *
 * @param target path and query
 * @param headers lines as they came, {@code Name: value}
 */
public record ProxyRequest(String method, String target, List<String> headers) {
    public ProxyRequest {
        headers = List.copyOf(headers);
    }

    /** The value of the first header of that name, in whatever case. */
    public Optional<String> header(String name) {
        return HttpHead.value(headers, name);
    }

    @Override
    public String toString() {
        return method + " " + target;
    }
}
