/** Wire forms: portable archives and manifests. The only home of the JSON library. */
@NullMarked
package io.kvbackup.format;

import org.jspecify.annotations.NullMarked;
