/** What a manager does and how old its backups are, for Micrometer. Needs {@code io.micrometer:micrometer-core}. */
@NullMarked
package io.kvbackup.micrometer;

import org.jspecify.annotations.NullMarked;
