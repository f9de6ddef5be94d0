package io.kvbackup.database;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses values that would come back as something else where their type is not declared ({@link Object},
 * {@link Number} or {@link JsonNode}): JSON tells texts, numbers, lists and maps apart, and nothing more. Where types
 * are declared it costs nothing.
 */
final class JsonUntyped extends BeanSerializerModifier {
    private static final long serialVersionUID = 1L;
    private static final int MAX_DEPTH = 1000;
    private static final int MAX_PARAMETERS = 20;

    private static final Set<Class<?>> FAITHFUL =
            Set.of(String.class, Boolean.class, Byte.class, Short.class, Integer.class, Long.class, BigInteger.class);

    /** Whether the type leaves open what its values are. */
    static boolean occursIn(JavaType type) {
        return occursIn(type, 0);
    }

    private static boolean occursIn(@Nullable JavaType type, int depth) {
        return type != null
                && depth < MAX_PARAMETERS
                && (isOpen(type)
                        || occursIn(type.getContentType(), depth + 1)
                        || occursIn(type.getKeyType(), depth + 1));
    }

    private static boolean isOpen(JavaType type) {
        return type.isJavaLangObject() || type.hasRawClass(Number.class) || type.isTypeOrSubTypeOf(JsonNode.class);
    }

    /** @throws IOException if the value, or one inside, has a type that will be lost */
    static void check(@Nullable Object value, JavaType type) throws IOException {
        check(value, type, 0);
    }

    private static void check(@Nullable Object value, @Nullable JavaType type, int depth) throws IOException {
        if (value == null || type == null || !occursIn(type)) {
            return;
        }
        if (isOpen(type)) {
            open(value, depth, type.isTypeOrSubTypeOf(JsonNode.class));
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> each : map.entrySet()) {
                check(each.getKey(), type.getKeyType(), depth + 1);
                check(each.getValue(), type.getContentType(), depth + 1);
            }
        } else if (value instanceof Iterable<?> all) {
            for (Object each : all) {
                check(each, type.getContentType(), depth + 1);
            }
        } else if (value instanceof Object[] all) {
            for (Object each : all) {
                check(each, type.getContentType(), depth + 1);
            }
        }
    }

    private static void open(@Nullable Object value, int depth, boolean isNode) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("the value is nested more than " + MAX_DEPTH + " deep, or contains itself");
        }
        if (value instanceof JsonNode node) {
            if (!isNode) {
                throw lost(value.getClass(), "a map, list, text or number");
            }
            node(node, depth);
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> each : map.entrySet()) {
                if (!(each.getKey() instanceof String)) {
                    throw lost(
                            each.getKey() == null ? Void.class : each.getKey().getClass(), "text, as every key");
                }
                open(each.getValue(), depth + 1, false);
            }
        } else if (value instanceof List<?> list) {
            for (Object each : list) {
                open(each, depth + 1, false);
            }
        } else if (value != null && !isFaithful(value)) {
            throw lost(value.getClass(), "text, a number, a list or a map");
        }
    }

    private static boolean isFaithful(Object value) {
        if (value instanceof Double number) {
            return Double.isFinite(number);
        } else if (value instanceof Float number) {
            return Float.isFinite(number);
        } else if (value instanceof BigDecimal number) {
            // Of the least scale Java writes a text that it does not read.
            return number.scale() > -Integer.MAX_VALUE;
        }
        return FAITHFUL.contains(value.getClass());
    }

    private static void node(JsonNode node, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("the value is nested more than " + MAX_DEPTH + " deep");
        }
        boolean kept = switch (node.getNodeType()) {
            case MISSING, POJO, BINARY -> false;
            case NUMBER -> isFaithful(node.numberValue());
            default -> true;
        };
        if (!kept) {
            throw lost(node.getClass(), "another node");
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            JsonNames.require(names.next());
        }
        for (JsonNode inside : node) {
            node(inside, depth + 1);
        }
    }

    private static IOException lost(Class<?> type, String becomes) {
        return new IOException(
                "a " + type.getName() + ", or one without a finite value, stands where no type is declared"
                        + " and would come back as " + becomes
                        + "; declare its type instead of Object, Number or JsonNode, store it"
                        + " as text or number, or write a codec of your own");
    }

    @Override
    public List<BeanPropertyWriter> changeProperties(
            SerializationConfig config, BeanDescription bean, List<BeanPropertyWriter> properties) {
        properties.replaceAll(
                each -> occursIn(each.getType()) && !each.hasSerializer() && each.getTypeSerializer() == null
                        ? new Checked(each, each.getFullName())
                        : each);
        return properties;
    }

    /** A property whose declared type leaves open what its values are. */
    private static final class Checked extends BeanPropertyWriter {
        private static final long serialVersionUID = 1L;

        Checked(BeanPropertyWriter property, PropertyName name) {
            super(property, name);
        }

        @Override
        protected BeanPropertyWriter _new(PropertyName newName) {
            return new Checked(this, newName);
        }

        @Override
        public void serializeAsField(Object bean, JsonGenerator to, SerializerProvider provider) throws Exception {
            check(get(bean), getType());
            super.serializeAsField(bean, JsonNumbers.exact(to), provider);
        }

        @Override
        public void serializeAsElement(Object bean, JsonGenerator to, SerializerProvider provider) throws Exception {
            check(get(bean), getType());
            super.serializeAsElement(bean, JsonNumbers.exact(to), provider);
        }
    }
}
