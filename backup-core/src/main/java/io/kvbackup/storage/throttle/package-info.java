/** Bandwidth limits of uploads and downloads. */
@NullMarked
package io.kvbackup.storage.throttle;

import org.jspecify.annotations.NullMarked;
