/** Backups in applications of Spring Boot: a {@code BackupManager} from properties, its health and its meters. */
@NullMarked
package io.kvbackup.spring;

import org.jspecify.annotations.NullMarked;
