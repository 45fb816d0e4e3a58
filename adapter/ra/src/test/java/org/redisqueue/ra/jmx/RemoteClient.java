// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;

/** A management console without the classes of the adapter: whatever it gets is serialized, and read with the JDK only. */
final class RemoteClient {

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    /** The names of the beans of this type whose name begins like this. */
    List<String> names(String type, String prefix) {
        return server.queryNames(null, null).stream()
                .filter(name -> name.getDomain().equals("org.redisqueue"))
                .filter(name -> name.getKeyProperty("type").equals(type))
                .map(name -> ObjectName.unquote(name.getKeyProperty("name")))
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
    }

    static ObjectName name(String type, String name) {
        try {
            return new ObjectName("org.redisqueue:type=" + type + ",name=" + ObjectName.quote(name));
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    MBeanServer server() {
        return server;
    }

    Object get(ObjectName bean, String attribute) {
        return call(() -> server.getAttribute(bean, attribute));
    }

    /** All attributes that can be read. */
    List<Attribute> all(ObjectName bean) {
        return call(() -> {
                    String[] names = Arrays.stream(server.getMBeanInfo(bean).getAttributes())
                            .map(attribute -> attribute.getName())
                            .toArray(String[]::new);
                    return server.getAttributes(bean, names);
                })
                .asList();
    }

    /** Calls an operation, of which the bean has only one with this name. */
    @SuppressWarnings("unchecked")
    <T> T invoke(ObjectName bean, String operation, Object... arguments) {
        return (T) call(() -> {
            MBeanOperationInfo found = Arrays.stream(
                            copy(server.getMBeanInfo(bean)).getOperations())
                    .filter(each -> each.getName().equals(operation))
                    .findFirst()
                    .orElseThrow();
            String[] signature = Arrays.stream(found.getSignature())
                    .map(MBeanParameterInfo::getType)
                    .toArray(String[]::new);
            return server.invoke(bean, operation, arguments, signature);
        });
    }

    private interface Call<T> {
        T make() throws JMException;
    }

    private static <T> T call(Call<T> call) {
        try {
            return copy(call.make());
        } catch (JMException e) {
            throw new IllegalStateException(copy(e));
        } catch (RuntimeMBeanException e) {
            throw copy(e).getTargetException();
        } catch (JMRuntimeException e) {
            throw copy(e);
        }
    }

    /** What a remote client gets. */
    @SuppressWarnings("unchecked")
    static <T> T copy(T value) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(value);
            }
            return (T) new JdkInput(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class JdkInput extends ObjectInputStream {

        private JdkInput(InputStream in) throws IOException {
            super(in);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws ClassNotFoundException, IOException {
            String name = description.getName();
            return name.length() == 1
                    ? super.resolveClass(description)
                    : Class.forName(name, false, ClassLoader.getPlatformClassLoader());
        }
    }
}
