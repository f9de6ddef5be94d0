/**
 * Fuzzing of readers by grammar, from seeds that are printed: {@link io.kvbackup.fuzz.FuzzContract} runs what a test
 * lists. With {@code -Dkvbackup.fuzz.seed=…} a run is repeated.
 */
@NullMarked
package io.kvbackup.fuzz;

import org.jspecify.annotations.NullMarked;
