package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;

/**
 * Strict UTF-8. The quick conversions replace what they cannot convert, so anything suspicious takes the strict way.
 */
final class Utf8Codec implements Codec<String> {
    static final Utf8Codec INSTANCE = new Utf8Codec();
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8Codec() {}

    @Override
    public byte[] encode(String text) throws IOException {
        return hasSurrogate(text) ? encodeStrictly(text) : text.getBytes(UTF_8);
    }

    @Override
    public String decode(byte[] bytes) throws IOException {
        String text = new String(bytes, UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeStrictly(bytes);
    }

    @Override
    public Encoding encoding() {
        return Encoding.TEXT;
    }

    private static boolean hasSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static byte[] encodeStrictly(String text) throws IOException {
        try {
            ByteBuffer bytes = UTF_8.newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new IOException("text holds half a surrogate pair, which UTF-8 cannot store; use Codec.of", e);
        }
    }

    private static String decodeStrictly(byte[] bytes) throws IOException {
        try {
            return UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("bytes are not UTF-8 text; use Codec.bytes or Codec.of", e);
        }
    }
}
