package io.kvbackup.job;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners without being harmed by them. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private Listeners() {}

    static void tell(Consumer<? super JobRecord> listener, JobRecord record) {
        try {
            listener.accept(record);
        } catch (RuntimeException | Error e) {
            LOG.warn("listener {} failed on job {}; the job goes on", listener, record.id(), e);
        }
    }
}
