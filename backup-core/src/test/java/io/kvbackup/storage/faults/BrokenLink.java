package io.kvbackup.storage.faults;

import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.util.List;

/**
 * A link that breaks after so many bytes of each answer, and what was read over it twice.
 *
 * @param kind how it breaks: {@link Kind#RESET_RESPONSE} or {@link Kind#TRUNCATE_RESPONSE}
 * @param bytes of an answer's body that pass
 */
public record BrokenLink(Kind kind, int bytes) implements ProxyScript {
    @Override
    public ProxyFault faultFor(ProxyRequest request) {
        return request.method().equals("GET") ? new ProxyFault(kind, bytes) : ProxyFault.NONE;
    }

    /**
     * What was asked for again although it had been sent.
     *
     * @param breaks how often the link broke
     * @param most bytes that were sent twice because of one break
     */
    public record Repeats(int breaks, long most) {}

    /** Looks at the requests for an object that was read once, from start to end. */
    public static Repeats of(List<ProxyExchange> exchanges, String object) {
        long sent = 0;
        long most = 0;
        int requests = 0;
        for (ProxyExchange exchange : exchanges) {
            ProxyRequest request = exchange.request();
            String path = request.target().split("\\?", 2)[0];
            if (request.method().equals("GET") && path.endsWith(object)) {
                long start = request.header("Range").map(BrokenLink::start).orElse(0L);
                most = Math.max(most, sent - start);
                sent = start + exchange.bodyBytes();
                requests++;
            }
        }
        return new Repeats(requests - 1, most);
    }

    private static long start(String range) {
        return Long.parseLong(range.substring("bytes=".length(), range.indexOf('-')));
    }
}
