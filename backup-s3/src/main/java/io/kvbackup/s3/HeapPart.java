package io.kvbackup.s3;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import software.amazon.awssdk.core.sync.RequestBody;

/** A part in memory. Its array grows up to its capacity, so that a small object does not cost a large one. */
final class HeapPart implements Part {
    private final int capacity;
    private final Consumer<byte[]> reuse;
    private byte[] bytes;
    private int length;

    HeapPart(byte[] bytes, int capacity, Consumer<byte[]> reuse) {
        this.bytes = bytes;
        this.capacity = capacity;
        this.reuse = reuse;
    }

    @Override
    public int fill(byte[] from, int offset, int count) {
        int taken = Math.min(count, capacity - length);
        if (length + taken > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(capacity, Math.max(2L * bytes.length, length + (long) taken)));
        }
        System.arraycopy(from, offset, bytes, length, taken);
        length += taken;
        return taken;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public RequestBody body() {
        byte[] content = bytes;
        int end = length;
        // RequestBody.fromBytes would copy the array.
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(content, 0, end), end, "application/octet-stream");
    }

    @Override
    public void release() {
        reuse.accept(bytes);
        bytes = new byte[0];
        length = 0;
    }
}
