/** Proof that a store keeps the promises that backups need. */
@NullMarked
package io.kvbackup.storage.check;

import org.jspecify.annotations.NullMarked;
