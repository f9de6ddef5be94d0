package io.kvbackup.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Puts down what each commit puts. */
record Collecting(List<String> values, Map<Long, String> commits) implements ChangeVisitor {
    @Override
    public void put(String set, byte[] key, byte[] value) {
        values.add(new String(key, UTF_8) + "=" + new String(value, UTF_8));
    }

    @Override
    public void delete(String set, byte[] key) {
        values.add(new String(key, UTF_8) + " gone");
    }

    @Override
    public void deleteRange(String set, KeyRange keys) {
        values.add(keys + " gone");
    }

    @Override
    public void commit(long position, Instant time) {
        commits.put(position, String.join(",", values));
        values.clear();
    }
}
