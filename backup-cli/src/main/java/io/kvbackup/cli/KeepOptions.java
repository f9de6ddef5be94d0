package io.kvbackup.cli;

import io.kvbackup.retention.RetentionPolicy;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which backups a prune keeps. */
final class KeepOptions {
    @Option(names = "--keep-last", paramLabel = "N", description = "Keep the newest N of each database.")
    @Nullable
    Integer last;

    @Option(
            names = "--keep-hourly",
            paramLabel = "N",
            description = "Keep the newest of each of the last N hours that have one.")
    @Nullable
    Integer hourly;

    @Option(names = "--keep-daily", paramLabel = "N", description = "The same for days.")
    @Nullable
    Integer daily;

    @Option(names = "--keep-weekly", paramLabel = "N", description = "The same for weeks.")
    @Nullable
    Integer weekly;

    @Option(names = "--keep-monthly", paramLabel = "N", description = "The same for months.")
    @Nullable
    Integer monthly;

    @Option(names = "--keep-yearly", paramLabel = "N", description = "The same for years.")
    @Nullable
    Integer yearly;

    @Option(
            names = "--keep-within",
            paramLabel = "SPAN",
            description = "Keep what is at most so much older than the newest: 30d.")
    @Nullable
    String within;

    @Option(
            names = "--keep-tag",
            paramLabel = "TAG",
            description = "Keep all with this tag; may be given several times.")
    List<String> tags = List.of();

    @Option(
            names = "--keep-zone",
            paramLabel = "ZONE",
            description = "Where days begin, as in Europe/Berlin; UTC unless given.")
    @Nullable
    ZoneId zone;

    /** @return empty if nothing was said */
    Optional<RetentionPolicy> policy() {
        RetentionPolicy.Builder policy = RetentionPolicy.builder();
        int rules = tags.size()
                + set(last, policy::keepLast)
                + set(hourly, policy::keepHourly)
                + set(daily, policy::keepDaily)
                + set(weekly, policy::keepWeekly)
                + set(monthly, policy::keepMonthly)
                + set(yearly, policy::keepYearly)
                + set(within, span -> policy.keepWithin(Times.span(span)));
        tags.forEach(policy::keepTag);
        set(zone, policy::zone);
        return rules == 0 ? Optional.empty() : Optional.of(policy.build());
    }

    private static <T> int set(@Nullable T value, Consumer<T> to) {
        if (value == null) {
            return 0;
        }
        to.accept(value);
        return 1;
    }
}
