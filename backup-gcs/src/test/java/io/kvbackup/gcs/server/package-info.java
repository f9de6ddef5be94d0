/**
 * A strict store that speaks the JSON API of Google Cloud Storage, in process and in memory, for tests: see
 * {@link io.kvbackup.gcs.server.GcsServer}.
 */
@NullMarked
package io.kvbackup.gcs.server;

import org.jspecify.annotations.NullMarked;
