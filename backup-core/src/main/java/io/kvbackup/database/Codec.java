package io.kvbackup.database;

import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.function.Function;

/**
 * Turns keys or values of a host into bytes and back.
 *
 * <p>{@code decode(encode(x))} equals {@code x}, and equal keys have equal bytes. Implementations are safe for use by
 * several threads. Whatever they throw ends the backup or the restore, with the set and the key in the message.
 *
 * @param <T> the host's type; never {@code null}
 */
public interface Codec<T> {
    /** The bytes of a value; nobody changes the array afterwards. */
    byte[] encode(T value) throws IOException;

    /** The value of bytes; nobody changes the array afterwards. */
    T decode(byte[] bytes) throws IOException;

    /** How others may read the bytes. {@link Encoding#JSON} is for values only. */
    Encoding encoding();

    /** Text as UTF-8. Refuses half surrogate pairs and malformed bytes, which would come back as something else. */
    static Codec<String> utf8() {
        return Utf8Codec.INSTANCE;
    }

    /** Bytes as they are, not copied: a host that changes an array in place may find either state in its backup. */
    static Codec<byte[]> bytes() {
        return of(Function.identity(), Function.identity());
    }

    /**
     * Values as JSON by data binding: records, beans, collections, enums and numbers.
     *
     * <p>Fields that the class does not know are passed over, so that older backups stay readable. Numbers
     * without a declared type (in an {@link Object}, {@link Number} or tree of JSON nodes) come back as the same
     * number, digit for digit, as {@link Integer}, {@link Long}, {@link java.math.BigInteger}, {@link Double} or
     * {@link java.math.BigDecimal}; anything else but text, booleans, lists and maps by text is refused there, since it
     * would come back as something else. {@code java.time} types are refused: declare them as text or number, or write
     * your own codec. On the module path the package of the class is open to {@code com.fasterxml.jackson.databind}.
     */
    static <T> Codec<T> json(Class<T> type) {
        return new JsonCodec<>(type);
    }

    /**
     * Values of a generic type as JSON, like {@link #json(Class)}.
     *
     * @param type a full generic type such as {@code Map<String, Item>}; the caller answers for its being {@code T}
     */
    static <T> Codec<T> json(Type type) {
        return new JsonCodec<>(type);
    }

    /** A codec of two functions, for bytes that only the host understands. */
    static <T> Codec<T> of(Function<? super T, byte[]> encode, Function<byte[], ? extends T> decode) {
        return of(Encoding.BINARY, encode, decode);
    }

    /** A codec of two functions, for bytes that are text or JSON. */
    static <T> Codec<T> of(
            Encoding encoding, Function<? super T, byte[]> encode, Function<byte[], ? extends T> decode) {
        return new FunctionCodec<>(encoding, encode, decode);
    }
}
