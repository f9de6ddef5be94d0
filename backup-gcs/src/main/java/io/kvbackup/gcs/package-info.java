/** Backups in GCS. */
@NullMarked
package io.kvbackup.gcs;

import org.jspecify.annotations.NullMarked;
