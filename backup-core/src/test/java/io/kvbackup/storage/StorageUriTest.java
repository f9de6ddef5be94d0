package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorageUriTest {
    @ParameterizedTest
    @CsvSource({
        "s3://bucket,                 s3,   bucket,     ''",
        "s3://bucket/,                s3,   bucket,     ''",
        "s3://bucket/a/b,             s3,   bucket,     a/b",
        "S3://Bucket_1/A/,            s3,   Bucket_1,   A/",
        "s3://bucket/with%20space/%25,s3,   bucket,     with space/%",
        "s3://bucket/a+b,             s3,   bucket,     a+b",
        "gs://bucket.with.dots:9/x,   gs,   bucket.with.dots:9, x",
        "file:///var/backups,         file, '',         /var/backups",
        "file:/var/backups,           file, '',         /var/backups",
        "file:relative/folder,        file, '',         relative/folder",
        "file:with%20space+plus,      file, '',         with space+plus",
        "file:///%C3%BC,              file, '',         /ü",
        "mem:test,                    mem,  '',         test",
        "s3://bucket/a@b:c@d,         s3,   bucket,     a@b:c@d",
        "s3://[::1]:9000/a,           s3,   [::1]:9000, a",
        "file:///a:b@c,               file, '',         /a:b@c",
        "mem:a@b,                     mem,  '',         a@b",
        "mem://test,                  mem,  test,       ''",
    })
    void parts(String text, String scheme, String authority, String path) {
        assertThat(StorageUri.parse(text)).isEqualTo(new StorageUri(scheme, authority, path, Map.of()));
    }

    @Test
    void optionsAreDecodedAndKeepTheirOrder() {
        StorageUri uri = StorageUri.parse("s3://b/p?region=eu-west-1&secretKey=a%2Fb+c%3D=#?&pathStyle&&empty=");

        assertThat(uri.options())
                .containsExactly(
                        Map.entry("region", "eu-west-1"),
                        Map.entry("secretKey", "a/b+c==#?"),
                        Map.entry("pathStyle", ""),
                        Map.entry("empty", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "'',                            scheme",
        "/var/backups,                  has no scheme",
        "relative,                      has no scheme",
        "//host/path,                   has no scheme",
        "C:\\backups,                   malformed",
        "s3:,                           malformed",
        "s3://,                         malformed",
        "s3://bucket/with space,        malformed",
        "s3://bucket/%zz,               malformed",
        "://bucket,                     malformed",
        "s3://bucket/a#b,               fragment",
        "s3://bucket?a=1&b=2&a=3,       option 'a' is given twice",
        "s3://bucket?a=%,               two hex digits",
        "s3://bucket?a=%4,              two hex digits",
        "s3://key:secret@bucket/a,      credentials",
        "s3://key:sec/ret@bucket/a,     credentials",
        "s3://host:9000/a@b,            credentials",
        "s3://key:secret,               credentials",
        "s3:key:secret@bucket,          credentials",
        "s3:/key:secret@bucket,         credentials",
    })
    void refusals(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StorageUri.parse(text))
                .withMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://key:SECRET@bucket/a",
                "s3://key:SECRET@bucket/a b",
                "//key:SECRET@bucket/a",
                "s3://key:SECRET@bucket/a#b",
                "s3://key:abcdSECRET/efghSECRET@bucket/p",
                "s3://key:SECRET/SECRET@bucket/a b",
                "s3://key:SECRET#SECRET@bucket/a",
                "s3://key:SECRET@SECRET@bucket/a",
                "s3://key:SECRET?SECRET@bucket/a",
                "s3://key:SECRET%?SECRET@bucket/a",
                "s3:key:SECRET@bucket/a",
                "s3:/key:SECRET@bucket/a",
                "s3:key:SECRET@bucket/a b",
                "key/SECRET@bucket/a",
                "s3://bucket/a b?secretKey=SECRET",
                "/no/scheme?secretKey=SECRET",
                "s3://bucket?x=SECRET&x=SECRET",
                "s3://bucket?secretKey=SECRET%",
            })
    void refusalsDoNotTellSecrets(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StorageUri.parse(text))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("SECRET"));
    }

    /**
     * Random pieces between special characters, wherever people put secrets; no piece may be told, whatever comes of
     * it.
     */
    @Test
    void noPartOfASecretIsEverTold() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            List<String> pieces = new ArrayList<>();
            StringBuilder secret = new StringBuilder();
            for (int piece = 0; piece <= 1 + random.nextInt(3); piece++) {
                String digits = Integer.toString(100_000 + random.nextInt(900_000));
                pieces.add(random.nextInt(4) == 0 ? digits : "Zq" + digits + "xK");
                secret.append(piece == 0 ? "" : SPECIAL.charAt(random.nextInt(SPECIAL.length())))
                        .append(pieces.get(piece));
            }
            for (String place : SECRET_PLACES) {
                String text = place.replace("SECRET", secret);
                String told = told(text);
                for (String piece : pieces) {
                    assertThat(told).as("seed %d, of %s", seed, text).doesNotContain(piece);
                }
            }
        }
    }

    private static String told(String text) {
        try {
            StorageUri uri = StorageUri.parse(text);
            try {
                StorageProviders.refuseUnknownOptions(
                        uri, Set.of("region", "endpoint", "accessKey", "secretKey", "sessionToken"));
                return uri.toString();
            } catch (IllegalArgumentException e) {
                return uri + " " + e;
            }
        } catch (IllegalArgumentException e) {
            return e.toString();
        }
    }

    private static final String SPECIAL = "+/=&#%?@:";

    private static final List<String> SECRET_PLACES = List.of(
            "s3://user:SECRET@bucket/p",
            "s3://user:SECRET@bucket/p?region=eu-west-1",
            "s3://user:SECRET@bucket/a b",
            "gs:user:SECRET@bucket",
            "s3://bucket/p?secretKey=SECRET",
            "s3://bucket/p?accessKey=k&secretKey=SECRET&region=eu",
            "s3://bucket?sessionToken=SECRET",
            "s3://bucket?region=eu&secretKey=SECRET&endpoint=https://host",
            "s3://bucket/p&secretKey=SECRET",
            "s3://bucket/p#secretKey=SECRET",
            "s3://bucket/p#SECRET",
            "s3://bucket/p;accessKey=k;secretKey=SECRET",
            "s3://bucket/a b?secretKey=SECRET",
            "/folder?secretKey=SECRET",
            "file:///folder?password=SECRET");

    @Test
    void textHasNoOptions() {
        assertThat(StorageUri.parse("s3://b/p?secretKey=SECRET")).hasToString("s3://b/p");
        assertThat(StorageUri.parse("file:///a?x=SECRET")).hasToString("file:/a");
    }
}
