/** Tells listeners and the flight recorder what a manager does. */
@NullMarked
package io.kvbackup.event;

import org.jspecify.annotations.NullMarked;
