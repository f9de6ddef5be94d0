package io.kvbackup;

import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import java.io.Closeable;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a URL when a run of a schedule begins ({@code /start}), has finished, or has failed ({@code /fail}), as services
 * take it that raise an alarm when nobody calls any more. One request after the other, and none is waited for: no job
 * is slower or fails for it. Says of the URL no more than its host, because its path is a secret.
 */
final class Heartbeat implements Consumer<JobRecord>, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(10);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
    private static final String SCHEDULE = "{schedule}";

    /** A service that is away must not gather requests without end. */
    private static final int MOST_WAITING = 50;

    private static final int FIRST_STATUS_OF_FAILURE = 400;

    private final String url;
    private final String host;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(REQUEST_PATIENCE).build();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Runs that have been told to begin, and not yet to end. */
    private final Set<String> begun = new HashSet<>();

    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    /**
     * @param url of http or https; {@code {schedule}} in it stands for the schedule's name
     * @throws IllegalArgumentException if it is not one; does not show it
     */
    Heartbeat(String url) {
        this.url = url;
        this.host = address(url, "x", "").getHost();
    }

    private static URI address(String url, String schedule, String ending) {
        try {
            int query = url.indexOf('?');
            String path = query < 0 ? url : url.substring(0, query);
            String rest = query < 0 ? "" : url.substring(query);
            URI address = URI.create((path.replaceFirst("/+$", "") + ending + rest).replace(SCHEDULE, schedule));
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Its message shows the URL.
        }
        throw new IllegalArgumentException("the heartbeat needs a URL such as https://hc-ping.com/<id>");
    }

    @Override
    public void accept(JobRecord record) {
        Optional<String> ending = ending(record);
        if (record.schedule().isPresent() && ending.isPresent()) {
            ask(address(url, record.schedule().get(), ending.get()), ending.get());
        }
        note(record);
    }

    private synchronized void note(JobRecord record) {
        if (record.status() == JobStatus.RUNNING && record.schedule().isPresent()) {
            begun.add(record.id());
        } else if (record.status().isFinal()) {
            begun.remove(record.id());
            notifyAll();
        }
    }

    private static Optional<String> ending(JobRecord record) {
        return switch (record.status()) {
            case RUNNING -> Optional.of("/start");
            case FINISHED -> Optional.of("");
            case ERROR -> Optional.of("/fail");
            case PENDING, CANCELLED -> Optional.empty();
        };
    }

    private synchronized void ask(URI address, String what) {
        if (waiting.get() >= MOST_WAITING) {
            LOG.warn("heartbeat: {} does not answer; '{}' is not told", host, what);
            return;
        }
        waiting.incrementAndGet();
        HttpRequest request =
                HttpRequest.newBuilder(address).timeout(REQUEST_PATIENCE).build();
        last = last.thenCompose(before -> client.sendAsync(request, HttpResponse.BodyHandlers.discarding()))
                .handle((response, failure) -> {
                    waiting.decrementAndGet();
                    if (failure != null) {
                        LOG.warn("heartbeat: {} could not be told '{}': {}", host, what, failure.getClass());
                    } else if (response.statusCode() >= FIRST_STATUS_OF_FAILURE) {
                        LOG.warn("heartbeat: {} answers '{}' with {}", host, what, response.statusCode());
                    }
                    return Map.of();
                });
    }

    /** Waits some seconds for what is on its way. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + CLOSE_PATIENCE.toNanos();
        try {
            CompletableFuture<?> lastAsked;
            synchronized (this) {
                // A job has ended a moment before its listeners are told.
                while (!begun.isEmpty() && deadline - System.nanoTime() > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
                }
                lastAsked = last;
            }
            lastAsked.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("heartbeat: {} did not answer before the manager was closed", host);
        }
    }
}
