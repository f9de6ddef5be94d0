/** Opens {@code file:} and {@code mem:} stores by URI. */
@NullMarked
package io.kvbackup.storage.provider;

import org.jspecify.annotations.NullMarked;
