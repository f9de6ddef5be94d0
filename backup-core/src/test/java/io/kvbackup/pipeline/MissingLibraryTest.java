package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class MissingLibraryTest {
    /** Loads our classes itself, so that they do not see a library that the tests have. */
    private static final class WithoutXz extends ClassLoader {
        WithoutXz() {
            super(MissingLibraryTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.tukaani.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.kvbackup.pipeline.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @Test
    void chainWorksWithoutALibraryThatIsNotOnTheClassPath() throws ReflectiveOperationException {
        WithoutXz classes = new WithoutXz();
        Class<?> chain = classes.loadClass(TransformChain.class.getName());
        Class<?> context = classes.loadClass(TransformContext.class.getName());
        Object object = context.getMethod("of", String.class).invoke(null, "object");

        assertThat(chain.getMethod("isAvailable", String.class).invoke(null, "xz"))
                .isEqualTo(false);
        assertThat(chain.getMethod("isAvailable", String.class).invoke(null, "gz"))
                .isEqualTo(true);
        Object xz = chain.getMethod("parse", List.class).invoke(null, List.of("xz"));
        Method encode = chain.getMethod("encode", OutputStream.class, context);

        assertThatThrownBy(() -> encode.invoke(xz, OutputStream.nullOutputStream(), object))
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessageContaining("org.tukaani:xz");
    }

    @Test
    void nativeLibraryThatCannotBeLoadedIsNamed() {
        Transform broken = new Transform() {
            @Override
            public OutputStream encoder(OutputStream out, TransformContext context) {
                throw new UnsatisfiedLinkError("no such file");
            }

            @Override
            public InputStream decoder(InputStream in, TransformContext context) {
                throw new ExceptionInInitializerError("no such file");
            }
        };
        NamedTransform named = new NamedTransform("zst", "com.example:native", () -> broken);
        TransformChain chain = new TransformChain(List.of(named));

        assertThat(named.isAvailable()).isFalse();
        assertThatThrownBy(() -> chain.encode(new ByteArrayOutputStream(), TransformContext.of("object")))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("'zst'", "com.example:native");
        assertThatThrownBy(() -> chain.decode(new ByteArrayInputStream(new byte[0]), TransformContext.of("object")))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("'zst'", "com.example:native");
    }
}
