package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.FuzzTarget.Mutator;
import io.kvbackup.fuzz.Mutations;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/** URIs, settings, and text that people write. */
class ConfigurationFuzzTest extends FuzzContract {
    private static final Set<Class<? extends Exception>> REFUSED = Set.of(IllegalArgumentException.class);

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
    }

    @Override
    protected List<FuzzTarget> targets() {
        Mutator text = Mutations.words().or(Mutations.bytes());
        return List.of(
                new FuzzTarget(
                        "URI",
                        texts(
                                "s3://bucket/prefix/a?region=eu-west-1&endpoint=http%3A%2F%2Flocalhost:9000&"
                                        + "secretKey=a%2Bb",
                                "file:///var/backups", "file:relative/folder", "mem:test", "gs://bucket:80/p%20q"),
                        text,
                        bytes -> StorageUri.parse(new String(bytes, UTF_8)),
                        REFUSED),
                new FuzzTarget(
                        "properties",
                        texts("kvbackup.storage=mem:a\nkvbackup.format=json.gz\nkvbackup.upload-limit=8MiB\nother=1\n"),
                        text,
                        bytes -> settings(new String(bytes, UTF_8)),
                        Set.of(IllegalArgumentException.class, IOException.class)),
                new FuzzTarget(
                        "environment",
                        texts("STORAGE=mem:a", "FORMAT=json", "UPLOAD_LIMIT=8MiB", "SPOOL=true", "S3_BUCKET=b"),
                        text,
                        bytes -> environment(new String(bytes, UTF_8)),
                        Set.of(IllegalArgumentException.class, IOException.class)),
                new FuzzTarget(
                        "password file",
                        texts("correct horse battery\n", "\uFEFFcorrect horse battery\r\n"),
                        text,
                        TextFile::of,
                        REFUSED));
    }

    private static void settings(String text) throws IOException {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IllegalArgumentException notOurs) {
            return;
        }
        Settings settings = Settings.ofProperties(strings(properties));
        use(settings);
    }

    private static Map<String, String> strings(Properties properties) {
        Map<String, String> all = new java.util.TreeMap<>();
        properties.stringPropertyNames().forEach(name -> all.put(name, properties.getProperty(name)));
        return all;
    }

    private static void environment(String value) throws IOException {
        int equals = Math.max(0, value.indexOf('='));
        use(Settings.ofEnvironment(Map.of(
                "KVBACKUP_" + value.substring(0, equals), value.substring(Math.min(value.length(), equals + 1)))));
    }

    private static void use(Settings settings) {
        for (Runnable each : List.<Runnable>of(
                settings::storage,
                () -> settings.bytes(Settings.Key.UPLOAD_LIMIT),
                () -> settings.flag(Settings.Key.SPOOL),
                () -> BackupFormat.of(settings.get(Settings.Key.FORMAT), BackupKeys.none()))) {
            each.run();
        }
    }
}
