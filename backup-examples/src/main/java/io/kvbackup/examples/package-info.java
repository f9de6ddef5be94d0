/** Runnable examples. */
package io.kvbackup.examples;
