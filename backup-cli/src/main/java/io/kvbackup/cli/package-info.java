/** The command line: what a store holds, and what to do with it, without any host. */
@org.jspecify.annotations.NullMarked
package io.kvbackup.cli;
