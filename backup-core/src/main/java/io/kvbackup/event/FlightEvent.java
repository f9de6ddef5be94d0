package io.kvbackup.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One job in a recording of the JDK's flight recorder. Its duration is the recorder's own. */
@Name("io.kvbackup.Job")
@Label("Backup job")
@Category("kvbackup")
@Description("A backup, restore, verification, prune or copy")
@StackTrace(false)
final class FlightEvent extends Event {
    @Label("Kind")
    String kind = "";

    @Label("Database")
    String database = "";

    @Label("Status")
    @Description("FINISHED, ERROR or CANCELLED")
    String status = "";

    @Label("Entries")
    long entries;

    @Label("Bytes")
    @DataAmount
    long bytes;

    @Label("Outcome")
    @Description("The result, for most kinds the name of the backup, or the reason of a failure")
    String outcome = "";
}
