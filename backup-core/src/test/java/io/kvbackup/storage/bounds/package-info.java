/** What uploads may cost, in time and in memory; for every store that sends content in parts. */
@NullMarked
package io.kvbackup.storage.bounds;

import org.jspecify.annotations.NullMarked;
