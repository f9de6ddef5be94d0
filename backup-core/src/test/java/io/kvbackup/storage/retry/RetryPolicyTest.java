package io.kvbackup.storage.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final RetryPolicy policy = RetryPolicy.defaults();

    @Test
    void refusesNonsenseAndNamesIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withAttempts(0))
                .withMessageContaining("not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withDelays(SECOND.negated(), SECOND, 0))
                .withMessageContaining("baseDelay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withDelays(SECOND, Duration.ZERO, 0))
                .withMessageContaining("maxDelay");
        for (double jitter : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> policy.withDelays(SECOND, SECOND, jitter))
                    .withMessageContaining("jitter");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withDeadlines(Duration.ZERO, SECOND))
                .withMessageContaining("attemptDeadline");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withDeadlines(SECOND, SECOND.dividedBy(2)))
                .withMessageContaining("overallDeadline");
    }

    @Test
    void changesOneThingAtATime() {
        assertThat(policy.withAttempts(7).withDeadlines(SECOND, SECOND))
                .isEqualTo(new RetryPolicy(7, policy.baseDelay(), policy.maxDelay(), policy.jitter(), SECOND, SECOND));
    }
}
