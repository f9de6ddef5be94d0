/**
 * Keys for encrypted backups. A host uses the factory methods of {@link io.kvbackup.encryption.EncryptionKeys}, or
 * implements {@link io.kvbackup.encryption.EncryptionKey} if a service keeps its keys.
 */
@NullMarked
package io.kvbackup.encryption;

import org.jspecify.annotations.NullMarked;
