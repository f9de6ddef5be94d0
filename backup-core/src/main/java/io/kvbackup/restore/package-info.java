/** Restores: everything is staged and verified before the first database is touched. */
@NullMarked
package io.kvbackup.restore;

import org.jspecify.annotations.NullMarked;
