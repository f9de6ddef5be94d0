package io.kvbackup.job;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners without being harmed by them. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private Listeners() {}

    static void tell(JobListener listener, JobRecord record) {
        try {
            listener.onChange(record);
        } catch (RuntimeException | Error e) {
            LOG.warn("listener {} failed on job {}; the job goes on", listener, record.id(), e);
        }
    }
}
