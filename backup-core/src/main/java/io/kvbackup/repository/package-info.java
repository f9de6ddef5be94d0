/** What lies in the store: object names, catalog, and the protocol that writes and reads backups. */
@NullMarked
package io.kvbackup.repository;

import org.jspecify.annotations.NullMarked;
