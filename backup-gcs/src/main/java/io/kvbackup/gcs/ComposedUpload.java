package io.kvbackup.gcs;

import com.google.api.services.storage.model.StorageObject;
import io.kvbackup.objectstore.PartTasks;
import io.kvbackup.objectstore.PartThreads;
import io.kvbackup.objectstore.UploadMarker;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An upload in parts, several at a time. Each is an object of its own, in a folder that no listing shows; at the end one
 * request makes the object of them, and they are deleted.
 */
final class ComposedUpload implements ChunkedUpload {
    private static final Logger LOG = LoggerFactory.getLogger(ComposedUpload.class);

    private final GcsSession session;
    private final ObjectRequest request;
    private final UploadMarker marker;
    private final GcsDeletion deletion;
    private final PartThreads threads;
    private final PartTasks tasks;
    private final Queue<byte[]> arrays = new ConcurrentLinkedQueue<>();
    private final PartTree tree;
    /** What may lie in the store. */
    private final Set<String> written = ConcurrentHashMap.newKeySet();

    ComposedUpload(GcsSession session, GcsStat stat, ObjectRequest request, UploadMarker marker) {
        this.session = session;
        this.request = request;
        this.marker = marker;
        this.deletion = new GcsDeletion(session, stat);
        this.tree = new PartTree(marker.id());
        int concurrency = session.settings().concurrency();
        this.threads = new PartThreads("gcs", concurrency);
        this.tasks = new PartTasks(threads, concurrency, Duration.ZERO);
    }

    @Override
    public void send(byte[] chunk, int length) throws IOException {
        // First, so that there are no more arrays than tasks.
        tasks.awaitRoom();
        byte[] free = arrays.poll();
        byte[] copy = free != null && free.length == length ? free : new byte[length];
        System.arraycopy(chunk, 0, copy, 0, length);
        PartTree.Part part = tree.next();
        tasks.submit(
                () -> {
                    upload(part.key(), copy);
                    arrays.add(copy);
                    merge(part);
                },
                () -> {});
    }

    private void upload(String key, byte[] content) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(content, 0, content.length);
        ObjectRequest part = part(key);
        session.retries().call(() -> SingleUpload.send(session, part, content, content.length, crc));
    }

    private ObjectRequest part(String key) throws IOException {
        written.add(key);
        return new ObjectRequest(session, key, PutCondition.none(), marker);
    }

    private void merge(PartTree.Part arrived) throws IOException {
        Optional<PartTree.Merge> merge = tree.done(arrived);
        while (merge.isPresent()) {
            PartTree.Part target = merge.get().target();
            compose(merge.get().sources(), part(target.key()));
            discard(merge.get().sources());
            merge = tree.done(target);
        }
    }

    private StorageObject compose(List<String> sources, ObjectRequest target) throws IOException {
        return session.retries().call(() -> target.compose(sources));
    }

    /** What cannot be deleted now is tried again at the end. */
    private void discard(List<String> parts) throws IOException {
        session.enter("upload");
        try {
            deletion.delete(parts);
            parts.forEach(written::remove);
        } catch (IOException e) {
            LOG.debug("parts of the upload of {} stay for now", session.place().describe(request.key()), e);
        }
    }

    @Override
    public StorageObject finish(byte[] chunk, int length, CRC32C crc) throws IOException {
        send(chunk, length);
        tasks.awaitAll();
        List<String> sources = new ArrayList<>(tree.roots());
        while (sources.size() > PartTree.MAX_SOURCES) {
            List<String> last = sources.subList(sources.size() - PartTree.MAX_SOURCES, sources.size());
            String rest = tree.keyOfRest();
            compose(List.copyOf(last), part(rest));
            last.clear();
            sources.add(rest);
        }
        StorageObject object = compose(sources, request);
        end(null);
        return object;
    }

    @Override
    public void cancel(@Nullable Throwable why) {
        end(why);
    }

    /**
     * Deletes the parts, even if the thread is interrupted. One that is still on its way could arrive after it was deleted, so the
     * tasks end first.
     */
    private void end(@Nullable Throwable why) {
        boolean interrupted = Thread.interrupted();
        try {
            boolean ended = tasks.cancel(session.settings().attemptTimeout());
            threads.close();
            deletion.delete(written);
            if (!ended) {
                throw new IOException("a part is still on its way");
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "parts of the upload of {} stay below {} until abandoned uploads are removed: {}",
                    session.place().describe(request.key()),
                    session.place().describe(PartFolder.start()),
                    e.getMessage());
            if (why != null) {
                why.addSuppressed(e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
