package io.kvbackup.cli;

import com.adobe.testing.s3mock.S3MockApplication;
import java.io.Closeable;
import java.util.HashMap;
import java.util.Map;
import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** An S3 server inside this process, on the loopback only. */
record LoopbackS3(S3MockApplication server) implements Closeable {
    private static final String LOOPBACK = "127.0.0.1";

    static LoopbackS3 start() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("server.address", LOOPBACK);
        settings.put("spring.main.sources", OnlyLoopback.class.getName());
        settings.put(S3MockApplication.PROP_HTTPS_PORT, S3MockApplication.RANDOM_PORT);
        settings.put(S3MockApplication.PROP_HTTP_PORT, S3MockApplication.RANDOM_PORT);
        settings.put(S3MockApplication.PROP_SILENT, true);
        settings.put("com.adobe.testing.s3mock.store.initialBuckets", "night");
        return new LoopbackS3(S3MockApplication.start(settings));
    }

    /** The server has a connector of its own for HTTP, to which {@code server.address} does not apply. */
    static final class OnlyLoopback implements BeanPostProcessor {
        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
            if (bean instanceof Connector connector) {
                connector.setProperty("address", LOOPBACK);
            }
            return bean;
        }
    }

    @SuppressWarnings("deprecation") // its only way to tell the port that it got
    String uri() {
        return "s3://night/backups?endpoint=http://" + LOOPBACK + ":" + server.getHttpPort()
                + "&region=us-east-1&pathStyle=true&accessKey=example&secretKey=example";
    }

    @Override
    public void close() {
        server.stop();
    }
}
