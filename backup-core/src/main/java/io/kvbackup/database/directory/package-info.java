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
 * data.kvbackup/COMMIT    all is staged, and moves have begun; temp, fsync, rename, fsync
 * data.kvbackup/leaving   what has gone away by the plan, under the number of its step
 * data.kvbackup/old       leaving, by a rename when all that goes is away; or the folder that is swapped
 * </pre>
 *
 * <p>Without {@code COMMIT} everything there is rubbish. With {@code COMMIT} and {@code old} the restore is decided,
 * and what is in {@code tree} comes in, whatever happens; without {@code old} what is in {@code leaving} goes back. So
 * nothing is ever replaced, and what somebody has written between a crash and the next start is never erased: it is in
 * the way of a move, or stays.
 */
@NullMarked
package io.kvbackup.database.directory;

import org.jspecify.annotations.NullMarked;
