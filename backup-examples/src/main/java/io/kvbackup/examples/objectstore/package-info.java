/**
 * An object store over HTTP: metadata in SQLite, contents in a folder. Both are backed up together, incrementally and
 * often, as they are at one moment, and restored together where there are none.
 */
@NullMarked
package io.kvbackup.examples.objectstore;

import org.jspecify.annotations.NullMarked;
