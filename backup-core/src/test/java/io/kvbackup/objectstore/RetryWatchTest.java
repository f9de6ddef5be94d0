package io.kvbackup.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class RetryWatchTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RetryWatch watch = new RetryWatch(nanos::get, logger());
    private final Exception refused = new IOException("no answer", new ConnectException("Connection refused"));

    private final List<String> logged = new ArrayList<>();

    private Logger logger() {
        return (Logger) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                    logged.add(method.getName());
                    return null;
                });
    }

    private int attempts(Exception failure) {
        RetryWatch.Request request = watch.begin();
        int attempts = 1;
        while (attempts < 10 && !request.isHopeless(failure)) {
            request.goesOn(failure);
            attempts++;
        }
        return attempts;
    }

    @Test
    void aStoreThatNeverAnsweredAndRefusesConnectionsIsGivenUpSoon() {
        assertThat(attempts(refused)).isEqualTo(4);
        assertThat(attempts(new IOException("reset"))).isEqualTo(10);
    }

    @Test
    void aNameThatNobodyKnowsIsGivenUpSoon() {
        assertThat(attempts(new IOException("no such host", new UnknownHostException("nowhere.invalid"))))
                .isEqualTo(4);
    }

    @Test
    void aStoreThatHasAnsweredMayBeRestarting() {
        watch.reached();
        assertThat(attempts(refused)).isEqualTo(10);
    }

    @Test
    void theFirstRetryIsToldAndThatARequestIsStuckOnce() {
        RetryWatch.Request request = watch.begin();
        for (int second = 0; second < 180; second += 10) {
            assertThat(request.isHopeless(new IOException("500"))).isFalse();
            request.goesOn(new IOException("500"));
            nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        }
        assertThat(logged).startsWith("info", "debug", "debug", "warn", "debug");
        assertThat(logged).containsOnlyOnce("info", "warn");
    }
}
