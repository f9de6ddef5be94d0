package io.kvbackup.spring;

import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What the sources of an application say about backups, in the spellings that the manager knows. */
final class KvbackupProperties {
    private static final String PREFIX = "kvbackup.";
    private static final String ENABLED = PREFIX + "enabled";

    private KvbackupProperties() {}

    /** Those of all sources but the environment's variables; the first source that has one wins, as in Spring. */
    static Properties of(ConfigurableEnvironment environment) {
        Properties properties = new Properties();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable
                    && !(source instanceof SystemEnvironmentPropertySource)) {
                for (String name : enumerable.getPropertyNames()) {
                    String known = canonical(name);
                    String value = environment.getProperty(name);
                    if (known.startsWith(PREFIX) && !known.equals(ENABLED) && value != null) {
                        properties.putIfAbsent(known, value);
                    }
                }
            }
        }
        return properties;
    }

    /** {@code kvbackup.s3.pathStyle} and {@code kvbackup.s3.path_style} are {@code kvbackup.s3.path-style}. */
    private static String canonical(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
    }

    /** The environment's variables, which the manager reads itself. */
    static Map<String, String> variables(ConfigurableEnvironment environment) {
        Map<String, String> variables = new TreeMap<>();
        PropertySource<?> source =
                environment.getPropertySources().get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        if (source instanceof EnumerablePropertySource<?> enumerable) {
            for (String name : enumerable.getPropertyNames()) {
                Object value = enumerable.getProperty(name);
                if (value != null && !name.equals("KVBACKUP_ENABLED")) {
                    variables.put(name, value.toString());
                }
            }
        }
        return variables;
    }
}
