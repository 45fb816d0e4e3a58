// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.redisqueue.Header;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueException;
import org.redisqueue.spi.UnreadableMessageException;

/** Converts a message to the arguments of a listener method. */
public final class ListenerSignature {

    private final Parameter[] parameters;
    private final List<Function<RedisMessage, Object>> readers;
    private final boolean batches;

    private ListenerSignature(Parameter[] parameters, List<Function<RedisMessage, Object>> readers, boolean batches) {
        this.parameters = parameters;
        this.readers = readers;
        this.batches = batches;
    }

    /**
     * Creates the signature of a method.
     *
     * @param bean the class that declares or inherits the method
     * @param method the listener method
     * @return the signature
     * @throws IllegalArgumentException if a parameter cannot be derived from a message, or none receives the message;
     *     the text says which parameter and why
     */
    public static ListenerSignature of(Class<?> bean, Method method) {
        return of(bean, method, false);
    }

    /**
     * Creates the signature of a method that receives batches.
     *
     * @param bean the class that declares or inherits the method
     * @param method the listener method
     * @return the signature
     * @throws IllegalArgumentException as for {@link #of(Class, Method)}, and if the parameter for the messages is not a
     *     list or a parameter has {@link Header}
     */
    public static ListenerSignature ofBatch(Class<?> bean, Method method) {
        return of(bean, method, true);
    }

    private static ListenerSignature of(Class<?> bean, Method method, boolean batches) {
        Parameter[] parameters = method.getParameters();
        List<Function<RedisMessage, Object>> readers = new ArrayList<>();
        boolean bodyFound = false;
        for (Parameter parameter : parameters) {
            Type type = TypeVariables.resolve(bean, parameter.getParameterizedType());
            Header header = parameter.getAnnotation(Header.class);
            if (header != null && batches) {
                throw new IllegalArgumentException("its parameter '" + parameter.getName() + "' has @Header, but it"
                        + " receives batches; use List<RedisMessage>, whose elements have headers");
            } else if (header != null) {
                readers.add(HeaderReader.of(header.value(), type));
            } else if (!bodyFound) {
                readers.add(body(parameter, batches ? element(parameter, type) : type));
                bodyFound = true;
            } else {
                readers.add(null);
            }
        }
        if (!bodyFound) {
            throw new IllegalArgumentException("it has no parameter for the message; add a RedisMessage, a String, a"
                    + " byte[] or a type to deserialize from JSON");
        }
        return new ListenerSignature(parameters, readers, batches);
    }

    /** Returns the type of the elements of a batch. */
    private static Type element(Parameter parameter, Type type) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            Type element = list.getActualTypeArguments()[0];
            if (!(element instanceof WildcardType)) {
                return element;
            }
        }
        throw new IllegalArgumentException("it receives batches, but its parameter '" + parameter.getName()
                + "' of type " + type.getTypeName()
                + " is not a List of RedisMessage, of String, of byte[] or of a type"
                + " to deserialize from JSON; change the parameter, or remove batch");
    }

    private static boolean isListOfMessages(Type type) {
        return type instanceof ParameterizedType list
                && list.getRawType() instanceof Class<?> raw
                && raw.isAssignableFrom(List.class)
                && list.getActualTypeArguments()[0] == RedisMessage.class;
    }

    private static Function<RedisMessage, Object> body(Parameter parameter, Type type) {
        if (type == RedisMessage.class) {
            return message -> message;
        } else if (type == String.class) {
            return RedisMessage::text;
        } else if (type == byte[].class) {
            return RedisMessage::bytes;
        } else if (isListOfMessages(type)) {
            throw new IllegalArgumentException("its parameter '" + parameter.getName()
                    + "' receives batches, but the listener receives single messages; set @RedisQueueListener(batch ="
                    + " …) on a method of a CDI bean, or implement RedisBatchListener in a message-driven bean");
        } else if (type instanceof TypeVariable<?>) {
            throw new IllegalArgumentException(
                    "the type of its parameter '" + parameter.getName() + "' must not be a type variable");
        }
        JsonBodyType.problem(type).ifPresent(problem -> {
            throw new IllegalArgumentException("its parameter '" + parameter.getName() + "' of type "
                    + type.getTypeName() + " receives the body, because it is the first without @Header, but JSON-B"
                    + " cannot read " + problem);
        });
        return message -> message.json(type);
    }

    /** {@return the positions, starting with 0, of the parameters that are not derived from the message} */
    public List<Integer> others() {
        return IntStream.range(0, readers.size())
                .filter(i -> readers.get(i) == null)
                .boxed()
                .toList();
    }

    /**
     * Returns the remedy if a parameter probably lacks {@link Header}: the parameter at this position or, if that one is
     * more likely to be the body, the parameter that now receives the body.
     *
     * @param position a position in {@link #others}
     * @return a sentence; empty if no header is likely
     */
    public Optional<String> forgottenHeader(int position) {
        IntStream candidates = isLikelyBody(type(position)) ? IntStream.of(position, body()) : IntStream.of(position);
        return candidates
                .filter(i -> HeaderReader.supports(type(i)))
                .mapToObj(i -> "If parameter " + (i + 1) + " ("
                        + type(i).getTypeName() + " " + parameters[i].getName()
                        + ") is a header, annotate it with @Header.")
                .findFirst();
    }

    private static boolean isLikelyBody(Type type) {
        return type == RedisMessage.class || type == byte[].class || JsonBodyType.isLikely(type);
    }

    private Type type(int position) {
        return parameters[position].getParameterizedType();
    }

    private int body() {
        return IntStream.range(0, parameters.length)
                .filter(i -> !parameters[i].isAnnotationPresent(Header.class))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Returns the arguments for a message. The elements at the positions of {@link #others} are null.
     *
     * @param message the message
     * @return the arguments, in the order of the parameters
     * @throws UnreadableMessageException if the message cannot be converted to the parameters
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

    /** {@return whether each call receives several messages} */
    public boolean receivesBatches() {
        return batches;
    }

    /**
     * Returns the element of a batch for a message.
     *
     * @param message the message
     * @return the element
     * @throws UnreadableMessageException if the message cannot be converted
     */
    public Object element(RedisMessage message) {
        return read(body(), message);
    }

    /**
     * Returns the arguments for a batch. The elements at the positions of {@link #others} are null.
     *
     * @param elements the {@linkplain #element elements} of the batch
     * @return the arguments, in the order of the parameters
     */
    public Object[] batchArguments(List<Object> elements) {
        Object[] arguments = new Object[readers.size()];
        arguments[body()] = elements;
        return arguments;
    }

    private Object read(int position, RedisMessage message) {
        try {
            return readers.get(position).apply(message);
        } catch (RedisQueueException e) {
            throw new UnreadableMessageException(e.getMessage(), e);
        } catch (HeaderReader.HeaderException e) {
            throw unreadable(position, e.getMessage());
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // thrown by the class of the parameter
            throw unreadable(position, e.getClass().getName()); // only the class: its message may quote the body
        }
    }

    private UnreadableMessageException unreadable(int position, @Nullable String reason) {
        return new UnreadableMessageException(
                "RQ-125 Parameter '" + parameters[position].getName() + "' cannot be read: " + reason, null);
    }
}
