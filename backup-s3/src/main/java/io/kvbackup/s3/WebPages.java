package io.kvbackup.s3;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Tells answers that are meant for people, from the console of a store, a proxy that wants a login or any other web
 * server, which the SDK takes for answers without anything in them.
 */
final class WebPages {
    static final String HINT =
            "it answers with a web page, so it is not the API of S3 that is asked; check option endpoint,"
                    + " which must not be the address of a console, and proxies that want a login";

    private WebPages() {}

    /** Carries the news past the SDK's kinds of failures. */
    static final class Found extends SdkClientException {
        private static final long serialVersionUID = 1L;

        Found() {
            super(builder().message(HINT));
        }
    }

    /** The answer, unless it is a web page. An object may be one: then it has a version. */
    static <T> T refuse(T response) {
        boolean object = (response instanceof HeadObjectResponse head && head.eTag() != null)
                || (response instanceof GetObjectResponse get && get.eTag() != null);
        if (!object && response instanceof AwsResponse answer && isPage(answer.sdkHttpResponse())) {
            throw new Found();
        }
        return response;
    }

    static boolean isIn(AwsServiceException e) {
        return Optional.ofNullable(e.awsErrorDetails())
                .map(AwsErrorDetails::sdkHttpResponse)
                .filter(WebPages::isPage)
                .isPresent();
    }

    private static boolean isPage(@Nullable SdkHttpResponse response) {
        return response != null
                && response.firstMatchingHeader("Content-Type")
                        .filter(type -> type.trim().toLowerCase(Locale.ROOT).startsWith("text/html"))
                        .isPresent();
    }
}
