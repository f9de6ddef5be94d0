package io.kvbackup.s3;

import io.kvbackup.objectstore.RetryWatch;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.AcquireInitialTokenResponse;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RecordSuccessResponse;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

/** Repeats requests as another strategy does, which says nothing, and tells a {@link RetryWatch}. */
record WatchedRetries(RetryStrategy strategy, RetryWatch watch) implements RetryStrategy {
    private record Token(RetryToken token, RetryWatch.Request request) implements RetryToken {}

    @Override
    public AcquireInitialTokenResponse acquireInitialToken(AcquireInitialTokenRequest request) {
        AcquireInitialTokenResponse response = strategy.acquireInitialToken(request);
        return AcquireInitialTokenResponse.create(new Token(response.token(), watch.begin()), response.delay());
    }

    @Override
    public RefreshRetryTokenResponse refreshRetryToken(RefreshRetryTokenRequest request) {
        Token token = (Token) request.token();
        if (request.failure() instanceof AwsServiceException) {
            watch.reached();
        }
        if (token.request().isHopeless(request.failure())) {
            throw new TokenAcquisitionFailedException("nobody answers", token, request.failure());
        }
        RefreshRetryTokenResponse response;
        try {
            response = strategy.refreshRetryToken(request.copy(copy -> copy.token(token.token())));
        } catch (TokenAcquisitionFailedException e) {
            throw new TokenAcquisitionFailedException(e.getMessage(), token, e.getCause());
        }
        token.request().goesOn(request.failure());
        return RefreshRetryTokenResponse.create(new Token(response.token(), token.request()), response.delay());
    }

    @Override
    public RecordSuccessResponse recordSuccess(RecordSuccessRequest request) {
        watch.reached();
        Token token = (Token) request.token();
        strategy.recordSuccess(RecordSuccessRequest.create(token.token()));
        return RecordSuccessResponse.create(token);
    }

    @Override
    public int maxAttempts() {
        return strategy.maxAttempts();
    }

    /** The strategy within has them already. */
    @Override
    public boolean useClientDefaults() {
        return false;
    }

    @Override
    public Builder<?, ?> toBuilder() {
        return strategy.toBuilder();
    }
}
