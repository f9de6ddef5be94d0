/** Requests that are repeated until they succeed or it is too late. */
@NullMarked
package io.kvbackup.storage.retry;

import org.jspecify.annotations.NullMarked;
