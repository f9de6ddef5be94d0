/** One and the same host with its data in each of the engines. */
@NullMarked
package io.kvbackup.examples.engine;

import org.jspecify.annotations.NullMarked;
