// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import jakarta.json.bind.spi.JsonbProvider;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds the types that JSON-B can never read. It judges by the rules of Yasson 3.0, and only if {@link YassonVersion}
 * finds that version in use. In case of doubt, a type counts as readable: the first message then shows whether it is.
 */
final class JsonBodyType {

    private static final String ANNOTATIONS = "jakarta.json.bind.annotation.";

    /** The annotations with which a class replaces what JSON-B would do with its constructors. */
    private static final Set<String> REPLACING = Set.of(
            ANNOTATIONS + "JsonbTypeDeserializer",
            ANNOTATIONS + "JsonbTypeAdapter",
            ANNOTATIONS + "JsonbTypeInfo",
            ANNOTATIONS + "JsonbAnnotation");

    /** The annotations that choose a constructor or a factory method. */
    private static final Set<String> CREATORS =
            Set.of(ANNOTATIONS + "JsonbCreator", "java.beans.ConstructorProperties");

    private static final int ACCESSIBLE = Modifier.PUBLIC | Modifier.PROTECTED;

    private JsonBodyType() {}

    /**
     * Returns why JSON-B cannot read the type, with the remedy.
     *
     * @return the class that cannot be read, a colon, the reason and the remedy; empty if JSON-B may be able to read the
     *     type
     */
    static Optional<String> problem(Type type) {
        try {
            return YassonVersion.isTested(JsonbProvider.provider().getClass()) ? ofType(type) : Optional.empty();
        } catch (RuntimeException | LinkageError | ServiceConfigurationError e) { // no JSON-B, or an incomplete class
            return Optional.empty();
        }
    }

    /**
     * Returns whether the type looks like that of a body in JSON: a readable class of the application, or a collection or
     * an array of such classes. Unlike {@link #problem}, the answer may be wrong.
     */
    static boolean isLikely(Type type) {
        try {
            return !isOfPlatform(elementClass(type)) && ofType(type).isEmpty();
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    private static Class<?> elementClass(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            Type[] arguments = generic.getActualTypeArguments();
            return isContainer(raw) ? elementClass(arguments[arguments.length - 1]) : raw;
        }
        Class<?> found = type instanceof Class<?> known ? known : Object.class;
        return found.isArray() ? elementClass(found.getComponentType()) : found;
    }

    private static Optional<String> ofType(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            return isContainer(raw) ? ofElement(generic) : ofClass(raw);
        }
        return type instanceof Class<?> found ? ofClass(found) : Optional.empty();
    }

    private static boolean isContainer(Class<?> raw) {
        return Collection.class.isAssignableFrom(raw) || Map.class.isAssignableFrom(raw) || raw == Optional.class;
    }

    /** Checks the elements of a collection, the values of a map, or the value of an {@code Optional}. */
    private static Optional<String> ofElement(ParameterizedType container) {
        Type[] arguments = container.getActualTypeArguments();
        boolean ofJdk = isOfPlatform((Class<?>) container.getRawType());
        return ofJdk ? ofType(arguments[arguments.length - 1]) : Optional.empty();
    }

    private static Optional<String> ofClass(Class<?> type) {
        if (type.isArray()) {
            return ofType(type.getComponentType());
        }
        boolean known = type.isPrimitive() || type.isEnum() || isOfPlatform(type) || isContainer(type);
        return known || hasOwnRules(type)
                ? Optional.empty()
                : ofStructure(type).map(problem -> type.getTypeName() + ": " + problem);
    }

    private static Optional<String> ofStructure(Class<?> type) {
        if (type.isInterface()) {
            return Optional.of(
                    "it is an interface; use a class, or add @JsonbTypeInfo or @JsonbTypeDeserializer to it");
        }
        if (Modifier.isAbstract(type.getModifiers())) {
            return Optional.of("it is abstract; use a subclass, or add @JsonbTypeInfo or @JsonbTypeDeserializer to it");
        }
        return type.isRecord() ? ofRecord(type) : ofConstructors(type);
    }

    private static Optional<String> ofRecord(Class<?> type) {
        if (!isAccessible(type.getModifiers())) {
            return Optional.of("it is not public; make the record public");
        }
        return type.getDeclaredConstructors().length > 1
                ? Optional.of("it is a record with several constructors; annotate one of them with @JsonbCreator")
                : Optional.empty();
    }

    private static Optional<String> ofConstructors(Class<?> type) {
        Optional<Constructor<?>> found = Arrays.stream(type.getDeclaredConstructors())
                .filter(constructor -> constructor.getParameterCount() == 0)
                .findFirst();
        if (found.isEmpty()) {
            return Optional.of(
                    type.isMemberClass() && !Modifier.isStatic(type.getModifiers())
                            ? "it is an inner class; make it static, with a public constructor without parameters"
                            : "it has no constructor without parameters; add a public one, annotate a constructor with"
                                    + " @JsonbCreator, or use a record");
        }
        int constructor = found.get().getModifiers();
        if (Modifier.isProtected(constructor)) { // Yasson makes these constructors accessible, but no others
            return Optional.empty();
        }
        if (!isAccessible(type.getModifiers())) {
            return Optional.of("it is not public; make the class and its constructor without parameters public");
        }
        return isAccessible(constructor)
                ? Optional.empty()
                : Optional.of("its constructor without parameters is not public; make it public");
    }

    private static boolean isAccessible(int modifiers) {
        return (modifiers & ACCESSIBLE) != 0;
    }

    private static boolean isOfPlatform(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null
                || loader == ClassLoader.getPlatformClassLoader()
                || type.getName().startsWith("jakarta.");
    }

    /** Returns whether annotations on the class, its supertypes, constructors or methods may make it readable. */
    private static boolean hasOwnRules(Class<?> type) {
        boolean created = Stream.<AnnotatedElement>concat(
                        Arrays.stream(type.getDeclaredConstructors()), Arrays.stream(type.getDeclaredMethods()))
                .anyMatch(member -> isAnnotated(member, CREATORS::contains));
        return created || replacesRules(type);
    }

    private static boolean replacesRules(Class<?> type) {
        boolean inherited = Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                .anyMatch(JsonBodyType::replacesRules);
        return inherited
                || isAnnotated(type, name -> REPLACING.contains(name) || name.startsWith("org.eclipse.yasson."));
    }

    /**
     * Returns whether the element has such an annotation, directly or through annotations that are annotated with it. The
     * annotations are compared by name, because the application may see a different copy of them than the adapter.
     */
    private static boolean isAnnotated(AnnotatedElement element, Predicate<String> annotation) {
        return isAnnotated(element, annotation, new HashSet<>());
    }

    private static boolean isAnnotated(AnnotatedElement element, Predicate<String> annotation, Set<Class<?>> seen) {
        return Arrays.stream(element.getAnnotations())
                .map(Annotation::annotationType)
                .filter(seen::add)
                .anyMatch(type -> annotation.test(type.getName())
                        || (!type.getName().startsWith(ANNOTATIONS) && isAnnotated(type, annotation, seen)));
    }
}
