/**
 * What every {@link io.kvbackup.storage.StorageClient} must do, as tests that any implementation can run: see
 * {@link io.kvbackup.storage.contract.StorageClientContract}.
 */
@NullMarked
package io.kvbackup.storage.contract;

import org.jspecify.annotations.NullMarked;
