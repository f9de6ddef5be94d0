/**
 * What clients of object stores share, whatever the protocol. For the modules of this project that speak one, not for
 * hosts.
 */
@NullMarked
package io.kvbackup.objectstore;

import org.jspecify.annotations.NullMarked;
