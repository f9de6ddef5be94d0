package io.kvbackup.s3;

import io.kvbackup.objectstore.UploadMarker;
import io.kvbackup.objectstore.UploadTarget;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Response;

/** One upload: a single request if the content fits into a part, else a multipart upload. */
final class S3Upload {
    /** How long parts in flight may take to end by themselves after a failure. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final S3Session session;
    private final String key;
    private final PutCondition condition;
    private final UploadMarker marker;
    private final PartTasks tasks;
    private final PartPool pool;
    private @Nullable MultipartUpload multipart;

    S3Upload(
            S3Session session,
            String key,
            PutCondition condition,
            UploadMarker marker,
            Executor executor,
            Path temporary) {
        this.session = session;
        this.key = key;
        this.condition = condition;
        this.marker = marker;
        this.tasks = new PartTasks(executor, session.settings().concurrency(), GRACE);
        this.pool = new PartPool(session.settings().partSize(), temporary);
    }

    StorageObject run(ContentWriter content) throws IOException {
        PartStream stream = new PartStream(pool, this::send, session.place().describe(key));
        try {
            content.writeTo(stream);
            stream.end();
            session.enter("upload");
            return multipart == null ? put(stream) : complete(multipart, stream);
        } catch (Throwable e) {
            giveUp(e);
            throw e;
        } finally {
            stream.discard();
        }
    }

    private void giveUp(Throwable reason) {
        tasks.cancel();
        if (multipart != null) {
            multipart.abort(reason);
            multipart = null;
        }
    }

    private void send(int number, Part part) throws IOException {
        MultipartUpload to;
        try {
            to = multipart == null ? MultipartUpload.open(session, key, marker.metadata()) : multipart;
        } catch (IOException | RuntimeException | Error e) {
            part.release();
            throw e;
        }
        multipart = to;
        tasks.submit(() -> to.send(number, part), part::release);
    }

    private StorageObject put(PartStream stream) throws IOException {
        Part part = stream.takeLast();
        try {
            PutObjectResponse response = WebPages.refuse(put(part));
            if (response.checksumCRC32() != null) {
                session.trust().confirmed();
            }
            return kept(object(response.eTag(), stream.length(), response));
        } catch (RuntimeException e) {
            return recognised(e, stream.length());
        } finally {
            part.release();
        }
    }

    private PutObjectResponse put(Part part) {
        S3Settings settings = session.settings();
        return session.s3()
                .putObject(
                        request -> request.bucket(session.bucket())
                                .key(session.place().objectKey(key))
                                .contentLength(part.length())
                                .metadata(marker.metadata())
                                .checksumAlgorithm(MultipartUpload.checksum(session))
                                .ifNoneMatch(Conditions.ifNoneMatch(condition))
                                .ifMatch(Conditions.ifMatch(condition))
                                .serverSideEncryption(settings.sse())
                                .ssekmsKeyId(settings.kmsKeyId())
                                .storageClass(settings.storageClass())
                                .overrideConfiguration(session.deadline(part.length())),
                        part.body());
    }

    private StorageObject complete(MultipartUpload upload, PartStream stream) throws IOException {
        send(stream.number(), stream.takeLast());
        tasks.awaitAll();
        try {
            CompleteMultipartUploadResponse response = WebPages.refuse(upload.complete(condition));
            multipart = null;
            return kept(object(response.eTag(), stream.length(), response));
        } catch (RuntimeException e) {
            // Aborting first settles the matter: afterwards a late completion cannot make the object visible any more.
            giveUp(e);
            return recognised(e, stream.length());
        }
    }

    private StorageObject kept(StorageObject uploaded) throws IOException {
        if (uploaded.etag().isEmpty()) {
            return whole(find(), uploaded.size());
        }
        session.trust().require(session, uploaded, condition);
        return uploaded;
    }

    /** Some stores do not tell the version of what they have put together. */
    private StorageObject find() throws IOException {
        return session.call("upload", key, () -> new S3UploadTarget(session, key).look())
                .filter(found -> marker.isOn(found.metadata()))
                .map(UploadTarget.Found::object)
                .orElseThrow(
                        () -> new IOException("cannot upload " + session.place().describe(key)
                                + ": the store did not tell which version it has written, and now there is none of "
                                + "this upload; it was deleted or replaced"));
    }

    /** The object is there after all, or not: then a failure is thrown. */
    private StorageObject recognised(RuntimeException e, long sent) throws IOException {
        Optional<StorageObject> ours = marker.recognise(e, condition, new S3UploadTarget(session, key));
        return whole(ours.orElseThrow(() -> translate(e)), sent);
    }

    private StorageObject whole(StorageObject found, long sent) throws IOException {
        session.trust().requireWhole(session, found, sent, condition);
        return found;
    }

    private IOException translate(RuntimeException e) {
        IOException translated = session.translate("upload", key, e);
        if (e instanceof AwsServiceException service) {
            if (S3Failures.isConflict(service) && condition != PutCondition.none()) {
                return new PreconditionFailedException(String.valueOf(translated.getMessage()), e);
            }
            if (condition instanceof PutCondition.IfMatch && isGone(service)) {
                return new PreconditionFailedException(
                        "cannot upload " + session.place().describe(key) + ": the object to be replaced is gone", e);
            }
        }
        return translated;
    }

    private static boolean isGone(AwsServiceException e) {
        return e.statusCode() == 404
                && (S3Failures.code(e).isEmpty() || S3Failures.code(e).equals("NoSuchKey"));
    }

    /** The time is that of the reply: asking for the object's own would cost another request, which may fail. */
    private StorageObject object(@Nullable String etag, long size, S3Response response) {
        Instant time = response.sdkHttpResponse()
                .firstMatchingHeader("Date")
                .flatMap(S3Upload::time)
                .orElseGet(session.clock()::instant);
        return new StorageObject(key, size, time, etag == null ? "" : etag);
    }

    private static Optional<Instant> time(String date) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
