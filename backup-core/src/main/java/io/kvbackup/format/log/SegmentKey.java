package io.kvbackup.format.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.format.tree.BytesOut;
import io.kvbackup.format.tree.FrameCipher;
import io.kvbackup.pipeline.DataKey;
import java.security.SecureRandom;

/**
 * The key of one timeline, from which each segment has its own. Safe for use by several threads.
 *
 * @param key of the timeline
 * @param place the timeline's folder in the store, so that nothing can be taken for another's
 * @param random makes salts
 */
public record SegmentKey(DataKey key, String place, SecureRandom random) {
    /** For one segment that is written: no nonce is ever used twice under one key. */
    byte[] newSalt() {
        byte[] salt = new byte[SegmentHeader.SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }

    /** @param source what to call the segment in messages */
    FrameCipher cipher(byte[] salt, TimelineId timeline, String source) {
        BytesOut id = new BytesOut(TimelineId.BYTES);
        timeline.write(id);
        return new FrameCipher(key.derive(salt, ("kvbackup.segment:" + place).getBytes(UTF_8)), id.toBytes(), source);
    }
}
