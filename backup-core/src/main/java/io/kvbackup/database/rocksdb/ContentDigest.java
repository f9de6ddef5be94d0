package io.kvbackup.database.rocksdb;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.rocksdb.RocksDB;

/** Tells whether a family holds the same entries as before, where sequence numbers do not. */
final class ContentDigest implements EntryVisitor {
    private final MessageDigest digest = sha256();
    private final ByteBuffer lengths = ByteBuffer.allocate(2 * Integer.BYTES);

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Of what a family holds now. */
    static String of(RocksDB db, Family family, KeyRange keys) throws IOException {
        ContentDigest content = new ContentDigest();
        new FamilyScan(db, family).entries(null, keys, content);
        return content.result();
    }

    @Override
    public void visit(byte[] key, byte[] value) {
        lengths.clear().putInt(key.length).putInt(value.length);
        digest.update(lengths.array());
        digest.update(key);
        digest.update(value);
    }

    /** Called once, at the end. */
    String result() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
