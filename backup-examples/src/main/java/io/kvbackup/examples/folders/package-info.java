/**
 * A file backup server for a small board: folders that a {@code config.ini} names are backed up one at a time, on
 * request. Each backup goes into a store, incrementally, and lies as a plain folder where the configuration says, with
 * older ones beside it.
 */
@NullMarked
package io.kvbackup.examples.folders;

import org.jspecify.annotations.NullMarked;
