/** What the host gave its manager: databases, stores, time and threads. */
@NullMarked
package io.kvbackup.host;

import org.jspecify.annotations.NullMarked;
