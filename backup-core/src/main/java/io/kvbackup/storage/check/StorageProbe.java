package io.kvbackup.storage.check;

import java.io.IOException;

/** Finds out whether one criterion holds. */
@FunctionalInterface
interface StorageProbe {
    /**
     * Returns what was seen, if the criterion holds.
     *
     * @throws CheckFailure if it does not
     * @throws IOException if a request failed that should not have; counts as a failure, too, of conditions only while
     *     the store takes plain uploads
     */
    String look(CheckContext context) throws IOException, InterruptedException, CheckFailure;

    /** The probe for a criterion. */
    static StorageProbe of(StorageReport.Criterion criterion) {
        return switch (criterion) {
            case READ_AFTER_WRITE -> VisibilityProbes::readAfterWrite;
            case EMPTY_OBJECT -> VisibilityProbes::emptyObject;
            case ATOMIC_VISIBILITY -> VisibilityProbes::atomicVisibility;
            case CLEAN_ABORT -> VisibilityProbes::cleanAbort;
            case RANGES -> ReadProbes::ranges;
            case PINNED_DOWNLOADS -> ReadProbes::pinnedDownloads;
            case LISTING_ORDER -> ListProbes::order;
            case LISTING_PAGES -> ListProbes::pages;
            case DELETE_IDEMPOTENCE -> KeyProbes::deleteIdempotence;
            case CREATE_IF_ABSENT -> ConditionProbes::createIfAbsent;
            case CREATE_RACE -> RaceProbes::create;
            case REPLACE_IF_MATCH -> ConditionProbes::replaceIfMatch;
            case REPLACE_RACE -> RaceProbes::replace;
            case ODD_KEYS -> KeyProbes::oddKeys;
            case COPY -> KeyProbes::copy;
            case LARGE_OBJECT -> TrafficProbes::largeObject;
            case THROUGHPUT -> TrafficProbes::throughput;
            case CLOCK -> TrafficProbes::clock;
            case CLEAN_UP -> throw new IllegalArgumentException(criterion + " has no probe");
        };
    }
}
