/** What a backup says about itself: plain data, shared by every layer. */
@NullMarked
package io.kvbackup.model;

import org.jspecify.annotations.NullMarked;
