/** Byte streams between archive and store: compression, digests, hand-over between threads. */
@NullMarked
package io.kvbackup.pipeline;

import org.jspecify.annotations.NullMarked;
