/** Removes backups that no policy keeps, and what dead processes have left. */
@NullMarked
package io.kvbackup.prune;

import org.jspecify.annotations.NullMarked;
