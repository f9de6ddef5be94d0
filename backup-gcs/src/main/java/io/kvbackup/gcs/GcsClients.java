package io.kvbackup.gcs;

import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.ServiceOptions;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.kvbackup.objectstore.OptionValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Makes the vendor's client. */
final class GcsClients {
    /** Objects are addressed by their bucket, but the library insists on a project. */
    private static final String ANY_PROJECT = "kvbackup";

    private GcsClients() {}

    /** The caller closes the client. */
    static Storage create(GcsConnection connection, GcsSettings settings) throws IOException {
        Credentials credentials = credentials(connection.credentials());
        var options = StorageOptions.http()
                .setCredentials(credentials)
                .setProjectId(project(connection, credentials))
                .setTransportOptions(HttpTransportOptions.newBuilder()
                        .setHttpTransportFactory(
                                new DeadlineTransport(connection.connectTimeout(), settings.attemptTimeout()))
                        .setConnectTimeout((int) connection.connectTimeout().toMillis())
                        .setReadTimeout(settings.attemptMillis())
                        .build())
                .setRetrySettings(ServiceOptions.getNoRetrySettings());
        if (connection.endpoint() != null) {
            options.setHost(connection.endpoint().toString());
        }
        return options.build().getService();
    }

    /** The same connection without retries: {@link Retries} repeats every request, and attempts must not multiply. */
    static Storage withoutRetries(Storage storage) {
        return storage.getOptions().toBuilder()
                .setRetrySettings(ServiceOptions.getNoRetrySettings())
                .build()
                .getService();
    }

    private static String project(GcsConnection connection, Credentials credentials) {
        if (connection.project() != null) {
            return connection.project();
        }
        String named = credentials instanceof ServiceAccountCredentials account ? account.getProjectId() : null;
        return named == null ? ANY_PROJECT : named;
    }

    private static Credentials credentials(String source) throws IOException {
        return switch (source) {
            case GcsConnection.NONE -> NoCredentials.getInstance();
            case GcsConnection.DEFAULT -> applicationDefault();
            default -> keyFile(source);
        };
    }

    private static Credentials applicationDefault() throws IOException {
        try {
            return GoogleCredentials.getApplicationDefault();
        } catch (IOException e) {
            throw (IOException) new AccessDeniedException(
                            "gs:",
                            null,
                            "no application default credentials were found; name a service account's key file in option"
                                    + " credentials, or provide them where Google's libraries look (for a store without"
                                    + " access control: credentials=none)")
                    .initCause(e);
        }
    }

    private static Credentials keyFile(String file) throws IOException {
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException e) {
            throw OptionValues.refused("credentials", file, "the path of a key file, 'default' or 'none'");
        }
        if (!Files.isReadable(path)) {
            throw new IOException("cannot read key file " + (file.indexOf('{') < 0 ? path : "***")
                    + " of option credentials; give the path of a service account's JSON key file, "
                    + "'default' or 'none'");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return ServiceAccountCredentials.fromStream(in);
        } catch (IOException | RuntimeException e) {
            // Neither the message nor the cause is passed on: a parser may quote the key.
            throw new IOException("key file " + path + " of option credentials is not a service account's JSON key ("
                    + e.getClass().getSimpleName() + "); download a new one");
        }
    }
}
