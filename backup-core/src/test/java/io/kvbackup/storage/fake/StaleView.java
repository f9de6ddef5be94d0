package io.kvbackup.storage.fake;

import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a store looked like before its last few changes. */
final class StaleView {
    private static final int CHANGES = 8;

    private final Map<String, Optional<StorageObject>> before = new LinkedHashMap<>();

    synchronized void changing(String key, Optional<StorageObject> was) {
        before.putIfAbsent(key, was);
        if (before.size() > CHANGES) {
            Iterator<String> eldest = before.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    /** The listing that an index would give which has not heard of the changes. */
    synchronized List<StorageObject> of(List<StorageObject> now, String prefix, String after) {
        Map<String, StorageObject> objects = new TreeMap<>(StorageKey.ORDER);
        now.forEach(object -> objects.put(object.key(), object));
        before.forEach((key, was) -> {
            objects.remove(key);
            if (was.isPresent() && key.startsWith(prefix) && StorageKey.ORDER.compare(key, after) > 0) {
                objects.put(key, was.get());
            }
        });
        return List.copyOf(objects.values());
    }
}
