/** Backups in S3. */
@NullMarked
package io.kvbackup.s3;

import org.jspecify.annotations.NullMarked;
