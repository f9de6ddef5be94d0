/**
 * Backups of the volumes of an application cluster. On each server a daemon runs a cron engine, whose kinds of task are
 * plug-ins; a controller tells the daemons what to do, keeps records of what they did, and answers all questions.
 */
@NullMarked
package io.kvbackup.examples.volumes;

import org.jspecify.annotations.NullMarked;
