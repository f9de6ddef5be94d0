package io.kvbackup.event;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes the work of a manager into recordings of the JDK's flight recorder; costs nothing while there is no recording.
 */
final class FlightEvents implements BackupListener {
    private final Map<String, FlightEvent> underWay = new ConcurrentHashMap<>();

    @Override
    public void onStarted(BackupEvent event) {
        FlightEvent flight = new FlightEvent();
        if (flight.isEnabled()) {
            flight.begin();
            underWay.put(event.job(), flight);
        }
    }

    @Override
    public void onFinished(BackupEvent event) {
        commit(event);
    }

    @Override
    public void onFailed(BackupEvent event) {
        commit(event);
    }

    @Override
    public void onCancelled(BackupEvent event) {
        commit(event);
    }

    private void commit(BackupEvent event) {
        FlightEvent flight = underWay.remove(event.job());
        if (flight != null) {
            flight.kind = event.kind();
            flight.database = event.database();
            flight.status = event.status().name();
            flight.entries = event.entries();
            flight.bytes = event.bytes();
            flight.outcome = event.text().orElse("");
            flight.commit();
        }
    }
}
