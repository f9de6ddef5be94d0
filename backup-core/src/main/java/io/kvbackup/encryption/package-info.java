/**
 * Keys for encrypted backups. A host takes one of the {@link io.kvbackup.encryption.EncryptionKeys} that are there, or
 * implements {@link io.kvbackup.encryption.EncryptionKey} to leave its keys to a service that keeps them.
 */
@NullMarked
package io.kvbackup.encryption;

import org.jspecify.annotations.NullMarked;
