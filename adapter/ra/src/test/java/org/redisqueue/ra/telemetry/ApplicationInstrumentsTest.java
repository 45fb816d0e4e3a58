// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.enterprise.inject.spi.CDIProvider;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.annotation.Annotation;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.WeakHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApplicationInstrumentsTest {

    /** The instances that the server gives to applications, by their class loaders. */
    private static final Map<ClassLoader, OpenTelemetry> BEANS = Collections.synchronizedMap(new WeakHashMap<>());

    private final ApplicationInstruments instruments = new ApplicationInstruments();
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @BeforeEach
    void start() {
        GlobalOpenTelemetry.resetForTest();
        CDI.setCDIProvider(new Server());
    }

    @AfterEach
    void stop() {
        Thread.currentThread().setContextClassLoader(before);
        GlobalOpenTelemetry.resetForTest();
        BEANS.clear();
    }

    private OpenTelemetry instance() {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
    }

    /** Enters a new application. */
    private static ClassLoader enter(OpenTelemetry instance) {
        ClassLoader application = new URLClassLoader(new URL[0]);
        if (instance != null) {
            BEANS.put(application, instance);
        }
        Thread.currentThread().setContextClassLoader(application);
        return application;
    }

    @Test
    void applicationWithoutTelemetryHasNone() {
        enter(null);

        assertThat(instruments.current()).isNull();
    }

    @Test
    void eachApplicationHasItsOwn() {
        ClassLoader one = enter(instance());
        Instruments first = instruments.current();
        enter(instance());
        Instruments second = instruments.current();
        Thread.currentThread().setContextClassLoader(one);

        assertThat(first).isNotNull().isNotSameAs(second).isSameAs(instruments.current());
    }

    @Test
    void modulesThatShareAnInstanceShareItsInstruments() {
        OpenTelemetry shared = instance();
        enter(shared);
        Instruments first = instruments.current();
        enter(shared);

        assertThat(instruments.current()).isNotNull().isSameAs(first);
    }

    @Test
    void instanceOfTheApplicationTakesPrecedenceOverTheGlobalOne() {
        GlobalOpenTelemetry.set(instance());
        enter(null);
        Instruments global = instruments.current();
        enter(instance());

        assertThat(global).isNotNull();
        assertThat(instruments.current()).isNotNull().isNotSameAs(global);
    }

    @Test
    void instanceThatIsProvidedLaterIsFound() {
        ClassLoader application = enter(null);
        assertThat(instruments.current()).isNull();

        OpenTelemetry late = instance();
        BEANS.put(application, late);

        await().pollInSameThread().atMost(Duration.ofSeconds(20)).until(() -> instruments.current() != null);
    }

    @Test
    void globalInstanceThatIsSetLaterIsFoundAtOnce() {
        enter(null);
        assertThat(instruments.current()).isNull();

        GlobalOpenTelemetry.set(instance());

        assertThat(instruments.current()).isNotNull();
    }

    @Test
    void globalInstanceIsNotUsedAnyLongerThanItIsSet() {
        GlobalOpenTelemetry.set(instance());
        enter(null);
        assertThat(instruments.current()).isNotNull();

        GlobalOpenTelemetry.resetForTest();

        assertThat(instruments.current()).isNull();
    }

    @Test
    void applicationCanBeUnloaded() {
        WeakReference<ClassLoader> application = new WeakReference<>(enter(null));
        instruments.current();
        Thread.currentThread().setContextClassLoader(before);

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return application.get() == null;
        });
    }

    /** A server whose applications get an instance as a bean. */
    private static final class Server implements CDIProvider {

        @Override
        public CDI<Object> getCDI() {
            OpenTelemetry bean = BEANS.get(Thread.currentThread().getContextClassLoader());
            if (bean == null) {
                throw new IllegalStateException("no application");
            }
            return new Container(bean);
        }
    }

    private static final class Container extends CDI<Object> {

        private final OpenTelemetry bean;

        private Container(OpenTelemetry bean) {
            this.bean = bean;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <U> Instance<U> select(Class<U> type, Annotation... qualifiers) {
            return (Instance<U>) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {Instance.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "isResolvable" -> true;
                        case "get" -> bean;
                        default -> throw new UnsupportedOperationException(method.toString());
                    });
        }

        @Override
        public Instance<Object> select(Annotation... qualifiers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <U> Instance<U> select(TypeLiteral<U> type, Annotation... qualifiers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isUnsatisfied() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isAmbiguous() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void destroy(Object instance) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Handle<Object> getHandle() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Iterable<Handle<Object>> handles() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object get() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Iterator<Object> iterator() {
            throw new UnsupportedOperationException();
        }

        @Override
        public BeanManager getBeanManager() {
            throw new UnsupportedOperationException();
        }
    }
}
