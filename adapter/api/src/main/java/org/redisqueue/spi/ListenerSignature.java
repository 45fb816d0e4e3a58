// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.redisqueue.Header;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueException;

/** What the parameters of a listener method take of a message. */
public final class ListenerSignature {

    private final Parameter[] parameters;
    private final List<Function<RedisMessage, Object>> readers;

    private ListenerSignature(Parameter[] parameters, List<Function<RedisMessage, Object>> readers) {
        this.parameters = parameters;
        this.readers = readers;
    }

    /**
     * Reads the parameters of a method.
     *
     * @param bean the class that has the method, or inherits it
     * @throws IllegalArgumentException if a parameter cannot be read from a message, saying which and why
     */
    public static ListenerSignature of(Class<?> bean, Method method) {
        Parameter[] parameters = method.getParameters();
        List<Function<RedisMessage, Object>> readers = new ArrayList<>();
        boolean bodyFound = false;
        for (Parameter parameter : parameters) {
            Type type = TypeVariables.resolve(bean, parameter.getParameterizedType());
            Header header = parameter.getAnnotation(Header.class);
            if (header != null) {
                readers.add(HeaderReader.of(header.value(), type));
            } else if (!bodyFound) {
                readers.add(body(parameter, type));
                bodyFound = true;
            } else {
                readers.add(null);
            }
        }
        if (!bodyFound) {
            throw new IllegalArgumentException("it has no parameter for the message: RedisMessage, String, byte[] or a"
                    + " type that is read from JSON");
        }
        return new ListenerSignature(parameters, readers);
    }

    private static Function<RedisMessage, Object> body(Parameter parameter, Type type) {
        if (type == RedisMessage.class) {
            return message -> message;
        } else if (type == String.class) {
            return RedisMessage::text;
        } else if (type == byte[].class) {
            return RedisMessage::bytes;
        } else if (type instanceof TypeVariable<?>) {
            throw new IllegalArgumentException(
                    "the type of its parameter '" + parameter.getName() + "' is a type variable");
        }
        return message -> message.json(type);
    }

    /** The positions of the parameters that take nothing of the message; the first is 0. */
    public List<Integer> others() {
        return IntStream.range(0, readers.size())
                .filter(i -> readers.get(i) == null)
                .boxed()
                .toList();
    }

    /**
     * What the method is called with for this message; null for {@link #others}.
     *
     * @throws UnreadableMessageException if the message does not fit
     */
    public Object[] arguments(RedisMessage message) {
        Object[] arguments = new Object[readers.size()];
        for (int i = 0; i < arguments.length; i++) {
            if (readers.get(i) != null) {
                arguments[i] = read(i, message);
            }
        }
        return arguments;
    }

    private Object read(int position, RedisMessage message) {
        try {
            return readers.get(position).apply(message);
        } catch (RedisQueueException e) {
            throw new UnreadableMessageException(e.getMessage(), e);
        } catch (HeaderReader.HeaderException e) {
            throw unreadable(position, e.getMessage());
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // of the classes that a body is read into
            throw unreadable(position, e.getClass().getName()); // its message may quote the body
        }
    }

    private UnreadableMessageException unreadable(int position, String reason) {
        return new UnreadableMessageException(
                "RQ-125 Parameter '" + parameters[position].getName() + "' cannot be read: " + reason, null);
    }
}
