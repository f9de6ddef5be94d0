/** How things stand: backups, verifications and jobs of each database. */
@NullMarked
package io.kvbackup.health;

import org.jspecify.annotations.NullMarked;
