package io.kvbackup.repository;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this library, as Maven wrote it into the jar. */
final class LibraryVersion {
    static final String VALUE = read();

    private LibraryVersion() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in =
                LibraryVersion.class.getResourceAsStream("/META-INF/maven/io.kvbackup/backup-core/pom.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            // Then nobody knows.
        }
        return properties.getProperty("version", "unknown");
    }
}
