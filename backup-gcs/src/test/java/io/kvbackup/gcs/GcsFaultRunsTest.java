package io.kvbackup.gcs;

import io.kvbackup.faults.FaultySite;
import io.kvbackup.faults.ServerFaultRuns;
import java.io.IOException;

class GcsFaultRunsTest extends ServerFaultRuns {
    @Override
    protected FaultySite open(long seed) throws IOException {
        return new GcsFaultySite(seed);
    }

    /** The JDK's HTTP client closes its idle connections when it has been collected. */
    @Override
    protected void release() {
        System.gc();
    }
}
