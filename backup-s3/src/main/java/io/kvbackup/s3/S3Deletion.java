package io.kvbackup.s3;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Deletes objects, a thousand at a time where the store and the keys allow it. */
final class S3Deletion {
    private static final Logger LOG = LoggerFactory.getLogger(S3Deletion.class);
    private static final String OPERATION = "delete";
    private static final int BATCH = 1_000;
    private static final int SHOWN = 3;

    private final S3Session session;

    S3Deletion(S3Session session) {
        this.session = session;
    }

    void delete(Collection<String> keys) throws IOException {
        Set<String> batched = new LinkedHashSet<>();
        Set<String> single = new LinkedHashSet<>();
        for (String key : keys) {
            session.place().objectKey(key);
            boolean alone = session.settings().compatibility() || !isXmlText(key);
            (alone ? single : batched).add(key);
        }
        if (batched.size() == 1) {
            single.addAll(batched);
            batched.clear();
        }
        List<String> ordered = new ArrayList<>(batched);
        for (int start = 0; start < ordered.size(); start += BATCH) {
            deleteBatch(ordered.subList(start, Math.min(start + BATCH, ordered.size())));
        }
        for (String key : single) {
            deleteOne(key);
        }
    }

    /** A batch is an XML document, and XML has no way to write control characters. */
    private static boolean isXmlText(String key) {
        return key.chars().noneMatch(c -> c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xFFFE || c == 0xFFFF);
    }

    private void deleteOne(String key) throws IOException {
        session.enter(OPERATION);
        try {
            session.call(
                    OPERATION,
                    key,
                    () -> session.s3()
                            .deleteObject(request -> request.bucket(session.bucket())
                                    .key(session.place().objectKey(key))
                                    .overrideConfiguration(session.deadline(0))));
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", session.place().describe(key));
        }
    }

    private void deleteBatch(List<String> keys) throws IOException {
        session.enter(OPERATION);
        List<ObjectIdentifier> objects = keys.stream()
                .map(key -> ObjectIdentifier.builder()
                        .key(session.place().objectKey(key))
                        .build())
                .toList();
        DeleteObjectsResponse response = session.call(
                OPERATION,
                keys.get(0),
                () -> session.s3()
                        .deleteObjects(request -> request.bucket(session.bucket())
                                .delete(delete -> delete.objects(objects).quiet(true))
                                .overrideConfiguration(session.deadline(0))));
        report(response.errors().stream()
                .filter(error -> !"NoSuchKey".equals(error.code()))
                .toList());
    }

    private void report(List<S3Error> errors) throws IOException {
        if (errors.isEmpty()) {
            return;
        }
        String shown = errors.stream()
                .limit(SHOWN)
                .map(error -> error.key() + ": " + error.code() + " (" + error.message() + ")")
                .collect(Collectors.joining(", "));
        String message = errors.size() + " objects of bucket '" + session.bucket() + "' could not be deleted: " + shown
                + (errors.size() > SHOWN ? ", ..." : "");
        if (errors.stream().anyMatch(error -> "AccessDenied".equals(error.code()))) {
            throw new AccessDeniedException(
                    session.place().toString(), null, message + "; check that the credentials may delete objects");
        }
        throw new IOException(message + "; try again");
    }
}
