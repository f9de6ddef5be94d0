/** A program that backs up whole databases by their URI, once or by a cron expression, and restores archives. */
@NullMarked
package io.kvbackup.examples.dumps;

import org.jspecify.annotations.NullMarked;
