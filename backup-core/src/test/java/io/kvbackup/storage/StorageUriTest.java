package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
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

    @Test
    void textHasNoOptions() {
        assertThat(StorageUri.parse("s3://b/p?secretKey=SECRET")).hasToString("s3://b/p");
        assertThat(StorageUri.parse("file:///a?x=SECRET")).hasToString("file:/a");
    }
}
