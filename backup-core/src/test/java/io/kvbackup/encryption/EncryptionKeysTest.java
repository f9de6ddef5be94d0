package io.kvbackup.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class EncryptionKeysTest {
    private static final byte[] CONTEXT = {1, 2, 3};
    private static final byte[] OTHER_CONTEXT = {1, 2, 4};
    private static final char[] PASSWORD = "correct horse battery".toCharArray();

    private final byte[] dataKey = secret(7);

    private static byte[] secret(long seed) {
        byte[] secret = new byte[32];
        new Random(seed).nextBytes(secret);
        return secret;
    }

    private static KeyPair rsa(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private void roundTrip(EncryptionKey writer, EncryptionKey reader) throws Exception {
        WrappedKey wrapped = writer.wrap(dataKey, CONTEXT);

        assertThat(wrapped.keyId()).isEqualTo(writer.id());
        assertThat(reader.unwrap(wrapped, CONTEXT)).isEqualTo(dataKey);
        assertThat(writer.wrap(dataKey, CONTEXT).bytes()).isNotEqualTo(wrapped.bytes());
        assertThatThrownBy(() -> reader.unwrap(wrapped, OTHER_CONTEXT))
                .isInstanceOf(EncryptionKeyException.class)
                .hasMessageContaining("'" + writer.id() + "'");
        for (int i = 0; i < wrapped.bytes().length; i += 7) {
            byte[] bytes = wrapped.bytes();
            bytes[i] ^= 1;
            WrappedKey forged = new WrappedKey(wrapped.keyId(), wrapped.algorithm(), wrapped.parameters(), bytes);
            assertThatThrownBy(() -> reader.unwrap(forged, CONTEXT)).isInstanceOf(EncryptionKeyException.class);
        }
    }

    @Test
    void everyKindWrapsAndUnwraps() throws Exception {
        EncryptionKey raw = EncryptionKeys.ofRaw("raw", secret(1)).current();
        roundTrip(raw, EncryptionKeys.ofRaw("raw", secret(1)).current());

        EncryptionKey password =
                EncryptionKeys.ofPassword("password", PASSWORD, 100_000).current();
        roundTrip(
                password,
                EncryptionKeys.ofPassword("password", PASSWORD, 200_000).current());

        KeyPair pair = rsa(2048);
        roundTrip(
                EncryptionKeys.publicKeyOnly("rsa", pair.getPublic()).current(),
                EncryptionKeys.ofKeyPair("rsa", pair.getPublic(), pair.getPrivate())
                        .current());
    }

    @Test
    void aKeyOfAnotherKindUnderTheSameIdSaysSo() throws Exception {
        WrappedKey wrapped = EncryptionKeys.ofRaw("k", secret(1)).current().wrap(dataKey, CONTEXT);

        assertThatThrownBy(() -> EncryptionKeys.ofPassword("k", PASSWORD, 100_000)
                        .current()
                        .unwrap(wrapped, CONTEXT))
                .isInstanceOf(EncryptionKeyException.class)
                .hasMessageContaining("PBKDF2")
                .hasMessageContaining("wrapped with AES-256-GCM");
    }

    @Test
    void aForgedManifestCannotAskForAnyNumberOfIterations() throws Exception {
        EncryptionKey password =
                EncryptionKeys.ofPassword("p", PASSWORD, 100_000).current();
        WrappedKey good = password.wrap(dataKey, CONTEXT);
        for (String iterations : new String[] {"2000000000", "1", "x", ""}) {
            WrappedKey forged = new WrappedKey(
                    "p",
                    good.algorithm(),
                    Map.of("salt", good.parameters().get("salt"), "iterations", iterations),
                    good.bytes());
            assertThatThrownBy(() -> password.unwrap(forged, CONTEXT)).isInstanceOf(EncryptionKeyException.class);
        }
    }

    @Test
    void nonsenseIsRefusedWithItsSizeAndWithoutTheSecret() throws Exception {
        assertThatThrownBy(() -> EncryptionKeys.ofRaw("k", new byte[16]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 16 bytes; it must have 32");
        assertThatThrownBy(() -> EncryptionKeys.ofPassword("hunter2".toCharArray()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7 characters")
                .message()
                .doesNotContain("hunter2");
        assertThatThrownBy(() -> EncryptionKeys.ofPassword("p", PASSWORD, 1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000 iterations");
        assertThatThrownBy(() -> EncryptionKeys.ofRaw(" ", secret(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EncryptionKeys.ofRaw("a\nb", secret(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EncryptionKeys.publicKeyOnly("r", rsa(1024).getPublic()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1024 bits");
        assertThatThrownBy(() -> EncryptionKeys.publicKeyOnly(
                        "e",
                        KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EC");
        assertThatThrownBy(() -> EncryptionKeys.ofRaw("k", secret(1)).withOlder(EncryptionKeys.ofRaw("k", secret(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two keys with the id 'k'");
    }

    @Test
    void secretsAreCopiedAndNeverShown() throws Exception {
        byte[] raw = secret(1);
        char[] password = PASSWORD.clone();
        EncryptionKeys rawKeys = EncryptionKeys.ofRaw("k1", raw);
        EncryptionKeys passwordKeys = EncryptionKeys.ofPassword("p1", password, 100_000);
        WrappedKey byRaw = rawKeys.current().wrap(dataKey, CONTEXT);
        Arrays.fill(raw, (byte) 0);
        Arrays.fill(password, 'x');

        assertThat(EncryptionKeys.ofRaw("k1", secret(1)).current().unwrap(byRaw, CONTEXT))
                .isEqualTo(dataKey);
        assertThat(rawKeys.current().unwrap(byRaw, CONTEXT)).isEqualTo(dataKey);
        WrappedKey byPassword = passwordKeys.current().wrap(dataKey, CONTEXT);
        assertThat(EncryptionKeys.ofPassword("p1", PASSWORD, 100_000).current().unwrap(byPassword, CONTEXT))
                .isEqualTo(dataKey);
        assertThat(rawKeys.withOlder(passwordKeys).toString())
                .contains("k1", "p1")
                .doesNotContain("correct", "horse", Arrays.toString(secret(1)));
        assertThat(byRaw.toString()).contains("k1").doesNotContain(Arrays.toString(byRaw.bytes()));
    }

    @Test
    void aKeyStoreGivesItsKeysByAlias() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        KeyStore.ProtectionParameter protection = new KeyStore.PasswordProtection(PASSWORD);
        SecretKey older = new SecretKeySpec(secret(1), "AES");
        SecretKey newer = new SecretKeySpec(secret(2), "AES");
        store.setEntry("older", new KeyStore.SecretKeyEntry(older), protection);
        store.setEntry("newer", new KeyStore.SecretKeyEntry(newer), protection);
        store.setEntry("short", new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[16], "AES")), protection);

        EncryptionKeys keys = EncryptionKeys.ofKeyStore(store, PASSWORD, "newer");
        roundTrip(keys.current(), EncryptionKeys.ofRaw("newer", secret(2)).current());
        roundTrip(
                EncryptionKeys.ofRaw("older", secret(1)).current(),
                keys.find("older").orElseThrow());
        assertThat(keys.find("other")).isEmpty();
        assertThat(keys.find("short")).isEmpty();
        assertThatThrownBy(() -> EncryptionKeys.ofKeyStore(store, PASSWORD, "missing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'missing'")
                .hasMessageContaining("newer");
        assertThatThrownBy(() -> EncryptionKeys.ofKeyStore(store, PASSWORD, "short"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 16 bytes");
        assertThatThrownBy(() -> EncryptionKeys.ofKeyStore(store, "wrong password".toCharArray(), "newer"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void aPairKeptForAnotherPurposeDoesNotReadBackups() throws Exception {
        // This type takes any certificate.
        KeyStore store = KeyStore.getInstance("JCEKS");
        store.load(null, null);
        KeyPair tls = rsa(2048);
        KeyPair backups = rsa(2048);
        for (var pair : Map.of("tls", tls, "backups", backups).entrySet()) {
            store.setKeyEntry(pair.getKey(), pair.getValue().getPrivate(), PASSWORD, new Certificate[] {
                new TestCertificate(pair.getValue().getPublic())
            });
        }
        store.setKeyEntry("secret", new SecretKeySpec(secret(1), "AES"), PASSWORD, null);

        EncryptionKeys keys = EncryptionKeys.ofKeyStore(store, PASSWORD, "secret");
        assertThat(keys.find("tls")).isEmpty();
        assertThat(keys.find("secret")).isPresent();
        EncryptionKeys pairs = EncryptionKeys.ofKeyStore(store, PASSWORD, "backups");
        roundTrip(pairs.current(), pairs.find("backups").orElseThrow());
        assertThat(pairs.find("secret")).isEmpty();
        assertThat(keys.withOlder(pairs).find("backups")).isPresent();
    }

    @Test
    void aPasswordIsTheSameHoweverItsLettersAreComposed() throws Exception {
        char[] composed = "correct h\u00f6rse b\u00e4ttery".toCharArray();
        char[] decomposed = "correct ho\u0308rse ba\u0308ttery".toCharArray();
        roundTrip(
                EncryptionKeys.ofPassword("p", decomposed, 100_000).current(),
                EncryptionKeys.ofPassword("p", composed, 100_000).current());
    }

    @Test
    void aForgedManifestDoesNotHoldUpOthers() throws Exception {
        DerivedKeys keys = new DerivedKeys(PASSWORD);
        Thread forged = new Thread(() -> keys.key(new byte[16], 5_000_000));
        forged.start();
        await().until(() -> Arrays.stream(forged.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("derive")));

        byte[] salt = {1};
        assertThat(keys.key(salt, 1)).isSameAs(keys.key(salt, 1));
        assertThat(forged.isAlive()).isTrue();
        forged.join();
    }

    private static final class TestCertificate extends Certificate {
        private static final long serialVersionUID = 1L;
        private final PublicKey key;

        TestCertificate(PublicKey key) {
            super("test");
            this.key = key;
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }

        @Override
        public void verify(PublicKey by) {}

        @Override
        public void verify(PublicKey by, String provider) {}

        @Override
        public String toString() {
            return "test";
        }

        @Override
        public PublicKey getPublicKey() {
            return key;
        }
    }
}
