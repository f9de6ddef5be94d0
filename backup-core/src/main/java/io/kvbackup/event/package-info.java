/** What a manager tells of its work while it does it. */
@NullMarked
package io.kvbackup.event;

import org.jspecify.annotations.NullMarked;
