/** Stores that misbehave in a known way, for tests: decorators over any other store. */
@NullMarked
package io.kvbackup.storage.fake;

import org.jspecify.annotations.NullMarked;
