/** Keeps objects in Google Cloud Storage: see {@link io.kvbackup.gcs.GcsStorageClient}. */
@NullMarked
package io.kvbackup.gcs;

import org.jspecify.annotations.NullMarked;
