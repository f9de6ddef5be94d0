/** What the hosts among the examples share: routes, JSON bodies, answers, and errors in one shape. */
@NullMarked
package io.kvbackup.examples.http;

import org.jspecify.annotations.NullMarked;
