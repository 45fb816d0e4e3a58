// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestRedis;

/** The adapter on a server that does not provide the OpenTelemetry API. */
class WithoutOpenTelemetryTest {

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final ClassLoader server = new ServerLoader();

    /** Loads the classes of the adapter again, and does not find OpenTelemetry. */
    private static final class ServerLoader extends ClassLoader {

        private ServerLoader() {
            super(WithoutOpenTelemetryTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.opentelemetry.")) {
                throw new ClassNotFoundException(name);
            }
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith("org.redisqueue.ra.")) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (file == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private Object create(String type) throws Exception {
        return server.loadClass("org.redisqueue.ra." + type)
                .getDeclaredConstructor()
                .newInstance();
    }

    private static void set(Object bean, String property, Object value) throws Exception {
        for (Method method : bean.getClass().getMethods()) {
            if (method.getName().equals("set" + property)) {
                method.invoke(bean, value);
                return;
            }
        }
        throw new NoSuchMethodException(property);
    }

    @Test
    void adapterSendsDeliversAndReceives() throws Exception {
        assertThatExceptionOfType(ClassNotFoundException.class)
                .isThrownBy(() -> server.loadClass("io.opentelemetry.api.OpenTelemetry"));
        CompletableFuture<RedisMessage> seen = new CompletableFuture<>();
        FakeContainer container = new FakeContainer(true, seen::complete);
        ResourceAdapter adapter = (ResourceAdapter) create("RedisResourceAdapter");
        set(adapter, "Addresses", redis.address());
        adapter.start(container);
        ManagedConnectionFactory factory = (ManagedConnectionFactory) create("outbound.RedisManagedConnectionFactory");
        set(factory, "ResourceAdapter", adapter);
        QueueProbe other = QueueProbe.create(redis);

        try (RedisQueueConnection connection =
                ((RedisQueueConnectionFactory) factory.createConnectionFactory()).createConnection()) {
            connection.send(other.name(), "a");
            assertThat(connection.receive(other.name(), Duration.ZERO)).isPresent();
            connection.send(queue.name(), "b");
        }
        ActivationSpec spec = (ActivationSpec) create("inbound.RedisActivationSpec");
        set(spec, "Queue", queue.name());
        adapter.endpointActivation(container, spec);

        assertThat(seen.get(20, TimeUnit.SECONDS).headers()).isEmpty();
        adapter.stop();
        container.close();
    }
}
