package io.kvbackup.storage.check;

import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.check.StorageReport.Finding.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One run of {@link StorageCheck}: one criterion after the other, each on a thread that can be left behind. */
final class CheckRun {
    private static final Set<StorageReport.Criterion> INDEPENDENT = EnumSet.of(
            StorageReport.Criterion.READ_AFTER_WRITE,
            StorageReport.Criterion.DELETE_IDEMPOTENCE,
            StorageReport.Criterion.CLOCK);

    private static final String MORE_TIME =
            "if it is only far away or slow, give the check more with StorageCheck.within(…)";

    private final StorageClient store;
    private final ScratchStorage scratch;
    private final CheckContext context;
    private final ExecutorService threads;
    private final Duration limit;
    private final long start;
    private final Instant startedAt;
    private final List<StorageReport.Finding> findings = new ArrayList<>();

    CheckRun(StorageClient store, ScratchStorage scratch, CheckContext context, Duration limit) {
        this.store = store;
        this.scratch = scratch;
        this.context = context;
        this.threads = context.threads();
        this.limit = limit;
        this.start = context.nanoTime();
        this.startedAt = context.clock().instant();
    }

    StorageReport run() throws InterruptedIOException {
        try {
            for (StorageReport.Criterion criterion : StorageReport.Criterion.values()) {
                if (criterion != StorageReport.Criterion.CLEAN_UP && (criterion.isQuick() || !context.quick())) {
                    findings.add(judge(criterion));
                }
            }
        } catch (InterruptedException e) {
            new ScratchCleanUp(store, scratch, threads).run(limit);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the check of " + store + " was interrupted");
        }
        long cleaning = context.nanoTime();
        Optional<String> left = new ScratchCleanUp(store, scratch, threads).run(limit);
        findings.add(new StorageReport.Finding(
                StorageReport.Criterion.CLEAN_UP,
                left.isEmpty() ? Outcome.PASSED : Outcome.FAILED,
                left.orElse("nothing is left below " + scratch.prefix()),
                Duration.ofNanos(context.nanoTime() - cleaning)));
        return new StorageReport(
                String.valueOf(store),
                startedAt,
                elapsed(),
                context.quick(),
                findings,
                context.uploadRate(),
                context.downloadRate());
    }

    private Duration elapsed() {
        return Duration.ofNanos(context.nanoTime() - start);
    }

    private StorageReport.Finding judge(StorageReport.Criterion criterion) throws InterruptedException {
        Duration left = limit.minus(elapsed());
        if (left.isNegative() || left.isZero()) {
            return skipped(criterion, "time was over after " + limit.toSeconds() + " s; " + MORE_TIME);
        }
        Optional<StorageReport.Criterion> missing = foundation(criterion)
                .filter(needed -> findings.stream()
                        .noneMatch(finding -> finding.criterion() == needed && finding.outcome() == Outcome.PASSED));
        if (missing.isPresent()) {
            return skipped(
                    criterion,
                    "cannot be judged where it does not hold that "
                            + missing.get().title());
        }
        long began = context.nanoTime();
        StorageReport.Finding finding = look(criterion, left);
        return new StorageReport.Finding(
                criterion, finding.outcome(), finding.observed(), Duration.ofNanos(context.nanoTime() - began));
    }

    /** Then the criterion could not be judged. */
    private static boolean isTimeOut(@Nullable Throwable failure) {
        Throwable at = failure;
        while (at != null && !(at instanceof TimeoutException) && !(at instanceof InterruptedIOException)) {
            at = at.getCause();
        }
        return at != null;
    }

    private static StorageReport.Finding skipped(StorageReport.Criterion criterion, String why) {
        return new StorageReport.Finding(criterion, Outcome.SKIPPED, why, Duration.ZERO);
    }

    /** The criterion that must hold before a failure of this one means anything. */
    private static Optional<StorageReport.Criterion> foundation(StorageReport.Criterion criterion) {
        return switch (criterion) {
            case CREATE_RACE, REPLACE_RACE -> criterion.withoutRace();
            case LISTING_PAGES -> Optional.of(StorageReport.Criterion.LISTING_ORDER);
            case THROUGHPUT -> Optional.of(StorageReport.Criterion.LARGE_OBJECT);
            default ->
                INDEPENDENT.contains(criterion)
                        ? Optional.empty()
                        : Optional.of(StorageReport.Criterion.READ_AFTER_WRITE);
        };
    }

    /**
     * A fault of the network must not look like a fault of the store: the store must take plain uploads before and
     * after a failure.
     */
    private String look(StorageProbe probe, StorageReport.Criterion criterion)
            throws IOException, InterruptedException, CheckFailure {
        if (!criterion.isConditionalWrite()) {
            return probe.look(context);
        }
        requirePlainUpload("before");
        try {
            return probe.look(context);
        } catch (IOException e) {
            Interruption.rethrow(e);
            requirePlainUpload("after a request with a condition had failed (" + e.getMessage() + ")");
            throw e;
        }
    }

    private void requirePlainUpload(String when) throws IOException, CheckFailure {
        try {
            context.put("reachable", new byte[] {1});
        } catch (IOException e) {
            Interruption.rethrow(e);
            throw CheckFailure.skipped("an upload without a condition failed, too, " + when + ": " + e.getMessage());
        }
    }

    private StorageReport.Finding look(StorageReport.Criterion criterion, Duration left) throws InterruptedException {
        Future<String> probe = threads.submit(() -> look(StorageProbe.of(criterion), criterion));
        try {
            String observed = probe.get(left.toNanos(), TimeUnit.NANOSECONDS);
            return new StorageReport.Finding(criterion, Outcome.PASSED, observed, Duration.ZERO);
        } catch (TimeoutException e) {
            return skipped(
                    criterion,
                    "the store had not answered when time was over after " + limit.toSeconds() + " s; " + MORE_TIME);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CheckFailure failure) {
                return new StorageReport.Finding(criterion, failure.outcome(), failure.observed(), Duration.ZERO);
            }
            Throwable cause = e.getCause();
            String observed = cause instanceof IOException ? String.valueOf(cause.getMessage()) : String.valueOf(cause);
            if (isTimeOut(cause)) {
                return skipped(criterion, "a request was given up: " + observed + "; " + MORE_TIME);
            }
            return new StorageReport.Finding(criterion, Outcome.FAILED, observed, Duration.ZERO);
        } finally {
            probe.cancel(true);
        }
    }
}
