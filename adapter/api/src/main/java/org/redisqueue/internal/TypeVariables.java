// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Resolves type variables that a generic superclass declares, as seen from a subclass. */
final class TypeVariables {

    private TypeVariables() {}

    /** Resolves a type for the given class. Variables that the class does not bind remain unchanged. */
    static Type resolve(Class<?> bean, Type type) {
        Map<TypeVariable<?>, Type> known = new HashMap<>();
        for (Class<?> c = bean; c != null; c = c.getSuperclass()) {
            if (c.getGenericSuperclass() instanceof ParameterizedType superclass) {
                TypeVariable<?>[] variables = c.getSuperclass().getTypeParameters();
                for (int i = 0; i < variables.length; i++) {
                    known.put(variables[i], substitute(superclass.getActualTypeArguments()[i], known));
                }
            }
        }
        return substitute(type, known);
    }

    private static Type substitute(Type type, Map<TypeVariable<?>, Type> known) {
        if (type instanceof TypeVariable<?>) {
            return known.getOrDefault(type, type);
        }
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = Arrays.stream(generic.getActualTypeArguments())
                    .map(argument -> substitute(argument, known))
                    .toArray(Type[]::new);
            return Arrays.equals(arguments, generic.getActualTypeArguments())
                    ? type
                    : new Parameterized(generic.getRawType(), generic.getOwnerType(), arguments);
        }
        return type;
    }

    private record Parameterized(Type raw, Type owner, Type[] arguments) implements ParameterizedType {

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.clone();
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public Type getOwnerType() {
            return owner;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ParameterizedType type
                    && raw.equals(type.getRawType())
                    && Objects.equals(owner, type.getOwnerType())
                    && Arrays.equals(arguments, type.getActualTypeArguments());
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(arguments) ^ Objects.hashCode(owner) ^ raw.hashCode();
        }

        @Override
        public String toString() {
            return raw.getTypeName() + Arrays.toString(arguments);
        }
    }
}
