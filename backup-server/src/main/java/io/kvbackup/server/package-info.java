/** Shows the backups of a host over HTTP, and lets people run them. */
@NullMarked
package io.kvbackup.server;

import org.jspecify.annotations.NullMarked;
