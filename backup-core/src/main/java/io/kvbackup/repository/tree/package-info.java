/** Backups that are trees of chunks: what is written of them to a store, and read from it. */
@NullMarked
package io.kvbackup.repository.tree;

import org.jspecify.annotations.NullMarked;
