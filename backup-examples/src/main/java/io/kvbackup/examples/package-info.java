/** Examples and benchmarks; not part of the library. Start at {@code PackagesExample}. */
@NullMarked
package io.kvbackup.examples;

import org.jspecify.annotations.NullMarked;
