package io.kvbackup.repository;

import io.kvbackup.encryption.WrappedKey;
import io.kvbackup.pipeline.DataKey;

/**
 * The key of one backup.
 *
 * @param data encrypts
 * @param wrapped the same, as it stands in the manifest
 */
public record SealingKey(DataKey data, WrappedKey wrapped) {}
