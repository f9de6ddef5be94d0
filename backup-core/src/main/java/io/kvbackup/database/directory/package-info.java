/**
 * Folders of files as databases.
 *
 * <p>Sets and entries, whose keys are paths relative to the folder, with {@code /} between names, as bytes:
 *
 * <pre>
 * files    path                              file size=1234 modified=2026-11-20T12:00:00.5Z mode=640
 *          path                              dir modified=... mode=750       (the folder itself has the empty path)
 *          path                              link target=percent%20encoded
 *          path                              file ... special=2 uid=33 gid=33 same=first/name user.attribute=value
 * blocks   path, 0x00, number (8 bytes)      up to 1 MiB of a file; blocks of zeros are left out
 * </pre>
 *
 * <p>What a restore of folder {@code data} keeps beside it, in the order in which it comes into being:
 *
 * <pre>
 * data.kvbackup/LOCK      held by the one restore that works here
 * data.kvbackup/entries   the entries of set files, until all content is there
 * data.kvbackup/tree      the new folder, or what of it is restored
 * data.kvbackup/plan      what is moved if the folder stays; absent if it is swapped
 * data.kvbackup/COMMIT    the restore is decided; temp, fsync, rename, fsync
 * data.kvbackup/old       the folder that is replaced, or by the number of the step what went away
 * </pre>
 *
 * <p>Without {@code COMMIT} everything there is rubbish, with it {@code tree} takes the folder's place, or what
 * {@code plan} says is done, whatever happens.
 */
@NullMarked
package io.kvbackup.database.directory;

import org.jspecify.annotations.NullMarked;
