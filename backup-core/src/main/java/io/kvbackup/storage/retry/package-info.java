/** Repeats requests until they succeed or their deadline has passed. */
@NullMarked
package io.kvbackup.storage.retry;

import org.jspecify.annotations.NullMarked;
