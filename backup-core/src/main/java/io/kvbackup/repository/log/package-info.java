/**
 * Change logs in the store, {@code log/<database>/<timeline>/}: which moments they can restore together with the
 * backups that stand in them, what to read for one, and how changes are laid over a backup while it is read.
 */
@NullMarked
package io.kvbackup.repository.log;

import org.jspecify.annotations.NullMarked;
