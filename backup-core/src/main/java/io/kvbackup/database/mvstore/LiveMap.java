package io.kvbackup.database.mvstore;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;

/**
 * How a map was when a restore was decided that is to replace it, so that what is written to it after a crash is not
 * erased. Its root moves with each write, and when the store moves pages to save space; then the content tells.
 *
 * @param root id of the map and place of its root; empty if there was no map, or there is no file
 * @param content digest of its entries; empty if they could not be read, which is no reason not to restore
 */
record LiveMap(String root, String content) {
    private static final String BETWEEN = "/";

    /** Of a committed store. */
    static LiveMap of(MVStore store, StoredMap<?, ?, ?> set) {
        return new LiveMap(root(store, set.name()), contentIfReadable(store, set));
    }

    private static String root(MVStore store, String map) {
        String id = store.getMetaMap().get("name." + map);
        Map<String, String> layout = store.getLayoutMap();
        return id == null || layout == null ? "" : id + ":" + layout.get("root." + id);
    }

    private static String contentIfReadable(MVStore store, StoredMap<?, ?, ?> set) {
        try {
            return content(store, set);
        } catch (RuntimeException e) {
            return "";
        }
    }

    private static <M extends MVMap<K, V>, K, V> String content(MVStore store, StoredMap<M, K, V> set) {
        if (!store.hasMap(set.name())) {
            return "";
        }
        M map = set.open(store, set.name());
        MessageDigest digest = sha256();
        WriteBuffer buffer = new WriteBuffer();
        for (Map.Entry<K, V> entry : map.entrySet()) {
            buffer.clear();
            map.getKeyType().write(buffer, entry.getKey());
            buffer.putVarInt(buffer.position());
            map.getValueType().write(buffer, entry.getValue());
            buffer.putVarInt(buffer.position());
            ByteBuffer bytes = buffer.getBuffer();
            bytes.flip();
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether something is in the committed map that was not when this was taken. */
    boolean isLeftBehindBy(MVStore store, StoredMap<?, ?, ?> set) {
        String id = store.getMetaMap().get("name." + set.name());
        // A removal that a crash cut short leaves a name without a map.
        if (id == null || !store.getMetaMap().containsKey("map." + id)) {
            return false;
        }
        if ((!root.isEmpty() && root.equals(root(store, set.name())))
                || set.open(store, set.name()).isEmpty()) {
            return false;
        }
        return content.isEmpty() || !Objects.equals(content, contentIfReadable(store, set));
    }

    String text() {
        return root + BETWEEN + content;
    }

    static LiveMap parse(String text) {
        int between = text.indexOf(BETWEEN);
        return new LiveMap(text.substring(0, between), text.substring(between + 1));
    }
}
