package io.kvbackup.spring;

import io.kvbackup.BackupManagerBuilder;
import java.io.IOException;

/**
 * Says what properties cannot say: define beans of this type. They are asked in their order, after the databases and
 * listeners were added and before the properties are looked at; what they set goes before properties.
 */
@FunctionalInterface
public interface BackupManagerCustomizer {
    void customize(BackupManagerBuilder builder) throws IOException;
}
