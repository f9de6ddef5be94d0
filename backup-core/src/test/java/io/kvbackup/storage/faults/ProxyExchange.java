package io.kvbackup.storage.faults;

/**
 * A request that has ended, well or not.
 *
 * @param start when its head had arrived, by {@link System#nanoTime()}
 * @param end when its answer was sent, or the connection was given up
 * @param bodyBytes of the answer that were sent to the client
 */
public record ProxyExchange(ProxyRequest request, ProxyFault fault, long start, long end, long bodyBytes) {}
