// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.bind.adapter.JsonbAdapter;
import jakarta.json.bind.annotation.JsonbAnnotation;
import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbSubtype;
import jakarta.json.bind.annotation.JsonbTypeAdapter;
import jakarta.json.bind.annotation.JsonbTypeDeserializer;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import jakarta.json.bind.serializer.DeserializationContext;
import jakarta.json.bind.serializer.JsonbDeserializer;
import jakarta.json.stream.JsonParser;
import java.beans.ConstructorProperties;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.RedisMessage;

/**
 * The parameter types that are refused when a listener is deployed, compared with those that Yasson reads. A type may
 * be refused only if Yasson can read no body as this type, apart from null and empty collections.
 */
class ReadableTypesTest {

    public interface Shape {}

    public abstract static class Base {
        public String a;
    }

    public static class Argument {
        public Argument(String a) {}
    }

    public static class Generic<T> {
        public T a;

        public Generic(T a) {}
    }

    public class Inner {
        public String a;
    }

    public static class PrivateConstructor {
        private PrivateConstructor() {}
    }

    public static class PackageConstructor {
        PackageConstructor() {}
    }

    public static class OfJdkClass extends Date {
        private static final long serialVersionUID = 1L;

        public OfJdkClass(int a) {}
    }

    static class NotPublic {
        private String a;

        public String getA() {
            return a;
        }

        public void setA(String a) {
            this.a = a;
        }
    }

    record NotPublicRecord(String a) {}

    public record TwoConstructors(String a, int b) {
        public TwoConstructors(String a) {
            this(a, 1);
        }
    }

    /** Methods whose parameters JSON-B cannot read. */
    @SuppressWarnings("unused")
    static class Refused {
        void anInterface(Shape body) {}

        void anAbstractClass(Base body) {}

        void argument(Argument body) {}

        void generic(Generic<String> body) {}

        void inner(Inner body) {}

        void privateConstructor(PrivateConstructor body) {}

        void packageConstructor(PackageConstructor body) {}

        void ofJdkClass(OfJdkClass body) {}

        void notPublic(NotPublic body) {}

        void notPublicRecord(NotPublicRecord body) {}

        void twoConstructors(TwoConstructors body) {}

        void list(List<Shape> body) {}

        void array(Shape[] body) {}

        void lists(List<List<Argument>> body) {}

        void map(Map<String, Argument> body) {}

        void optional(Optional<Shape> body) {}
    }

    public static class Plain {
        public String a;
    }

    public static class ProtectedConstructor {
        public String a;

        protected ProtectedConstructor() {}
    }

    public static class OwnGeneric<T> {
        public T a;
    }

    public record Order(String a) {}

    public static class WithProperties {
        @ConstructorProperties("a")
        public WithProperties(String a) {}
    }

    public record RecordWithProperties(String a, int b) {
        @ConstructorProperties("a")
        public RecordWithProperties(String a) {
            this(a, 1);
        }
    }

    @JsonbCreator
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Creator {}

    @Creator
    @Retention(RetentionPolicy.RUNTIME)
    public @interface CreatorOfTeam {}

    @JsonbAnnotation
    @JsonbCreator
    @Retention(RetentionPolicy.RUNTIME)
    public @interface DeclaredCreator {}

    public static class WithCreator {
        @Creator
        public WithCreator(@JsonbProperty("a") String a) {}
    }

    public static class WithCreatorOfTeam {
        @CreatorOfTeam
        public WithCreatorOfTeam(@JsonbProperty("a") String a) {}
    }

    public static class WithDeclaredCreator {
        @DeclaredCreator
        public WithDeclaredCreator(@JsonbProperty("a") String a) {}
    }

    public record CreatedRecord(String a, int b) {
        @JsonbCreator
        public CreatedRecord(@JsonbProperty("a") String a) {
            this(a, 1);
        }
    }

    public static class Created {
        @JsonbCreator
        public Created(@JsonbProperty("a") String a) {}
    }

    public interface CreatedInterface {
        @JsonbCreator
        static CreatedInterface of(@JsonbProperty("a") String a) {
            return new CreatedInterface() {};
        }
    }

    public abstract static class CreatedByFactory {
        @JsonbCreator
        public static CreatedByFactory of(@JsonbProperty("a") String a) {
            return new CreatedByFactory() {};
        }
    }

    @JsonbTypeInfo(key = "type", value = @JsonbSubtype(alias = "car", type = Car.class))
    public interface Vehicle {}

    public static class Car implements Vehicle {
        public String a;
    }

    @JsonbTypeDeserializer(DeserializedReader.class)
    public interface Deserialized {}

    public static class DeserializedReader implements JsonbDeserializer<Deserialized> {
        @Override
        public Deserialized deserialize(JsonParser parser, DeserializationContext context, Type type) {
            parser.getObject();
            return new Deserialized() {};
        }
    }

    @JsonbTypeAdapter(AdaptedReader.class)
    public static class Adapted {
        Adapted(int a) {}
    }

    public static class AdaptedReader implements JsonbAdapter<Adapted, Map<String, String>> {
        @Override
        public Map<String, String> adaptToJson(Adapted adapted) {
            return Map.of();
        }

        @Override
        public Adapted adaptFromJson(Map<String, String> json) {
            return new Adapted(1);
        }
    }

    enum Color {
        X {
            @Override
            void paint() {}
        };

        abstract void paint();
    }

    interface Names extends List<String> {}

    public static class Table extends HashMap<String, String> {
        private static final long serialVersionUID = 1L;
    }

    /** Methods whose parameters can be read. */
    @SuppressWarnings("unused")
    static class Accepted {
        void plain(Plain body) {}

        void protectedConstructor(ProtectedConstructor body) {}

        void ownGeneric(OwnGeneric<String> body) {}

        void record(Order body) {}

        void records(List<Order> body) {}

        void recordsByName(Map<String, Order> body) {}

        void optionalRecord(Optional<Order> body) {}

        void arrayOfRecords(Order[] body) {}

        void withProperties(WithProperties body) {}

        void listWithProperties(List<WithProperties> body) {}

        void recordWithProperties(RecordWithProperties body) {}

        void withCreator(WithCreator body) {}

        void withCreatorOfTeam(WithCreatorOfTeam body) {}

        void withDeclaredCreator(WithDeclaredCreator body) {}

        void createdRecord(CreatedRecord body) {}

        void created(Created body) {}

        void createdInterface(CreatedInterface body) {}

        void createdByFactory(CreatedByFactory body) {}

        void polymorphic(Vehicle body) {}

        void polymorphicList(List<Vehicle> body) {}

        void subtype(Car body) {}

        void deserialized(Deserialized body) {}

        void adapted(Adapted body) {}

        void anEnum(Color body) {}

        void names(Names body) {}

        void table(Table body) {}

        void object(Object body) {}

        void number(Number body) {}

        void primitive(int body) {}

        void optionalInt(OptionalInt body) {}

        void date(LocalDate body) {}

        void instant(Instant body) {}

        void duration(Duration body) {}

        void uuid(UUID body) {}

        void uri(URI body) {}

        void set(Set<String> body) {}

        void collection(Collection<? extends Order> body) {}

        void deque(Deque<String> body) {}

        void sortedMap(SortedMap<String, Order> body) {}

        void jsonObject(JsonObject body) {}

        void jsonValue(JsonValue body) {}
    }

    /** Methods whose parameters are read without JSON-B, or that are not judged in advance. */
    @SuppressWarnings("unused")
    static class NotJudged {
        void string(String body) {}

        void bytes(byte[] body) {}

        void message(RedisMessage body) {}

        void ofAnnotatedAnnotation(Marked body) {}

        void ofPolymorphicInterface(Sedan body) {}
    }

    @JsonbAnnotation
    @JsonbTypeDeserializer(DeserializedReader.class)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Mark {}

    @Mark
    public interface Marked {}

    public interface Sedan extends Vehicle {}

    static Stream<Method> refused() {
        return Arrays.stream(Refused.class.getDeclaredMethods());
    }

    static Stream<Method> accepted() {
        return Arrays.stream(Accepted.class.getDeclaredMethods());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusedTypeCannotBeRead(Method listener) {
        assertThat(Yasson.isRefused(listener)).isTrue();
        assertThat(Yasson.readable(listener.getGenericParameterTypes()[0])).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void acceptedTypeCanBeRead(Method listener) {
        assertThat(Yasson.isRefused(listener)).isFalse();
        assertThat(Yasson.readable(listener.getGenericParameterTypes()[0])).isNotEmpty();
    }

    @Test
    void doubtfulTypeIsAccepted() {
        assertThat(NotJudged.class.getDeclaredMethods()).noneMatch(Yasson::isRefused);
    }

    @Test
    void refusalNamesParameterTypeAndRemedy() throws NoSuchMethodException {
        String own = getClass().getName() + "$";
        assertRefused(
                "list",
                List.class,
                "its parameter 'body' of type java.util.List<" + own + "Shape> receives the body, because it is the"
                        + " first without @Header, but JSON-B cannot read " + own + "Shape: it is an interface; use a"
                        + " class, or add @JsonbTypeInfo or @JsonbTypeDeserializer to it");
        assertRefused("anAbstractClass", Base.class, "Base: it is abstract; use a subclass, or add @JsonbTypeInfo or");
        assertRefused(
                "argument",
                Argument.class,
                "Argument: it has no constructor without parameters; add a public one, annotate a constructor with"
                        + " @JsonbCreator, or use a record");
        assertRefused(
                "inner",
                Inner.class,
                "Inner: it is an inner class; make it static, with a public constructor without parameters");
        assertRefused(
                "privateConstructor",
                PrivateConstructor.class,
                "its constructor without parameters is not public; make it public");
        assertRefused(
                "notPublic",
                NotPublic.class,
                "NotPublic: it is not public; make the class and its constructor without parameters public");
        assertRefused("notPublicRecord", NotPublicRecord.class, "it is not public; make the record public");
        assertRefused(
                "twoConstructors",
                TwoConstructors.class,
                "it is a record with several constructors; annotate one of them with @JsonbCreator");
    }

    private static void assertRefused(String name, Class<?> body, String text) throws NoSuchMethodException {
        Method listener = Refused.class.getDeclaredMethod(name, body);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ListenerSignature.of(Refused.class, listener))
                .withMessageContaining(text);
    }
}
