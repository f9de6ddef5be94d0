package io.kvbackup.repository;

import io.kvbackup.format.ManifestDocument;

/**
 * A manifest as it was found in the store.
 *
 * @param bytes of the object
 * @param document what they say, as far as it can be read without a key
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record StoredManifest(byte[] bytes, ManifestDocument document) {}
