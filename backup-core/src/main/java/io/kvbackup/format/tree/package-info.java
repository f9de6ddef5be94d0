/**
 * The bytes of incremental backups: entries make chunks, references to chunks make nodes, level by level up to one root
 * for each set, and chunks and nodes lie in frames of packs. A digest covers content and never where it lies, so equal
 * roots mean equal sets. Knows nothing of stores.
 */
@NullMarked
package io.kvbackup.format.tree;

import org.jspecify.annotations.NullMarked;
