package io.kvbackup.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Threads that are there afterwards and were not there before. */
public final class WorkerLeaks {
    private final Set<Thread> before = threads();

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    /** Fails unless all new threads end within a minute whose name starts with one of the prefixes. */
    public void assertNone(String... prefixes) {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            Set<Thread> left = threads();
            left.removeAll(before);
            left.removeIf(thread -> !startsWithAny(thread.getName(), prefixes));
            assertThat(left).as("threads that were not there before").isEmpty();
        });
    }

    private static boolean startsWithAny(String name, String... prefixes) {
        for (String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
