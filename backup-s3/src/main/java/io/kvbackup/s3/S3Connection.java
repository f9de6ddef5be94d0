package io.kvbackup.s3;

import io.kvbackup.objectstore.OptionValues;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a store.
 *
 * @param endpoint of a store that is not AWS, or null
 * @param accessKey and {@code secretKey}: both, or neither for the SDK's default chain
 */
record S3Connection(
        @Nullable URI endpoint,
        @Nullable String region,
        boolean pathStyle,
        @Nullable String accessKey,
        @Nullable String secretKey,
        @Nullable String sessionToken,
        Duration connectTimeout) {
    /** What most stores that are not AWS expect in a signature. */
    private static final String REGION_OF_OTHERS = "us-east-1";

    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    S3Connection {
        if ((accessKey == null) != (secretKey == null)) {
            throw new IllegalArgumentException("option " + (accessKey == null ? "secretKey" : "accessKey")
                    + " is given without option " + (accessKey == null ? "accessKey" : "secretKey")
                    + "; give both, or neither to use the SDK's default chain");
        }
        if (sessionToken != null && accessKey == null) {
            throw new IllegalArgumentException(
                    "option sessionToken is given without options accessKey and secretKey; give all three");
        }
        if (region != null && !region.matches("[A-Za-z0-9-]+")) {
            throw OptionValues.refused("region", region, "the name of a region such as eu-west-1");
        }
        if (connectTimeout.isZero()) {
            throw OptionValues.refused("connectTimeout", "0", "a time such as 5s");
        }
    }

    static S3Connection parse(OptionValues options) {
        URI endpoint = endpoint(options.text("endpoint"));
        String region = options.text("region");
        return new S3Connection(
                endpoint,
                region == null && endpoint != null ? REGION_OF_OTHERS : region,
                options.flag("pathStyle", endpoint != null),
                options.text("accessKey"),
                options.text("secretKey"),
                options.text("sessionToken"),
                options.duration("connectTimeout", DEFAULT_CONNECT_TIMEOUT));
    }

    private static @Nullable URI endpoint(@Nullable String value) {
        if (value == null) {
            return null;
        }
        String expected = "a URI such as https://store.example.com:9000";
        if (value.contains("@")) {
            throw new IllegalArgumentException("option endpoint carries credentials before '@'; give them as options"
                    + " accessKey and secretKey");
        }
        try {
            URI uri = new URI(value);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (!http || uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw OptionValues.refused("endpoint", value, expected);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw OptionValues.refused("endpoint", value, expected);
        }
    }

    /** Without credentials. */
    @Override
    public String toString() {
        return "S3Connection[endpoint=" + endpoint + ", region=" + region + ", pathStyle=" + pathStyle + "]";
    }
}
