package io.kvbackup.gcs.server;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Says which requests go wrong. Safe for use by several threads. */
public final class Faults {
    private record Rule(String method, String part, int skip, int times, Fault fault, AtomicInteger seen) {
        boolean strikes(String askedMethod, String uri) {
            if (!askedMethod.equals(method) || !uri.contains(part)) {
                return false;
            }
            int number = seen.getAndIncrement();
            return number >= skip && number - skip < times;
        }
    }

    private final List<Rule> rules = new CopyOnWriteArrayList<>();

    Faults() {}

    /** The next request of that method whose URI contains {@code part} goes wrong. */
    public void next(String method, String part, Fault fault) {
        add(method, part, 0, 1, fault);
    }

    /**
     * Of the requests of that method whose URI contains {@code part}, {@code skip} pass and then {@code times} go
     * wrong.
     */
    public void add(String method, String part, int skip, int times, Fault fault) {
        rules.add(new Rule(method, part, skip, times, fault, new AtomicInteger()));
    }

    /** All requests of that method whose URI contains {@code part} go wrong. */
    public void always(String method, String part, Fault fault) {
        add(method, part, 0, Integer.MAX_VALUE, fault);
    }

    /** Nothing goes wrong any more. */
    public void clear() {
        rules.clear();
    }

    Optional<Fault> strike(String method, String uri) {
        return rules.stream()
                .filter(rule -> rule.strikes(method, uri))
                .map(Rule::fault)
                .findFirst();
    }
}
