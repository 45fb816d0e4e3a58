// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No combination of kind, access, constructor and creator is refused if Yasson reads it. */
class GeneratedTypesTest {

    private static final String PARAMETER = "@jakarta.json.bind.annotation.JsonbProperty(\"a\") String a";

    /** What chooses a constructor: nothing, a factory method, or an annotation. */
    private static final List<String> CREATORS = List.of(
            "",
            "factory",
            "@jakarta.json.bind.annotation.JsonbCreator",
            "@java.beans.ConstructorProperties(\"a\")",
            "@Creator");

    private static final String ANNOTATION = "@jakarta.json.bind.annotation.JsonbCreator"
            + " @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME) @interface Creator {}";

    /** Compiles every combination of kind, access, constructor and creator, and asks Yasson. */
    @Test
    void noReadableCombinationIsRefused(@TempDir Path directory) throws Exception {
        Path source = directory.resolve("Generated.java");
        Files.writeString(source, "public class Generated {" + ANNOTATION + combinations() + "}");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                source.toString()))
                .isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            Class<?> generated = loader.loadClass("Generated");
            List<String> falselyRefused = new ArrayList<>();
            int refused = 0;
            for (Method listener : generated.getDeclaredMethods()) {
                if (Yasson.isRefused(listener)) {
                    refused++;
                    if (!Yasson.readable(listener.getGenericParameterTypes()[0]).isEmpty()) {
                        falselyRefused.add(listener.toString());
                    }
                }
            }
            assertThat(falselyRefused).isEmpty();
            assertThat(refused).isGreaterThan(generated.getDeclaredMethods().length / 3);
        }
    }

    private static String combinations() {
        StringBuilder source = new StringBuilder();
        List<String> access = List.of("public", "protected", "", "private");
        int number = 0;
        for (String visibility : access) {
            for (String kind : List.of("static class", "static abstract class", "class", "record", "interface")) {
                for (String constructor : List.of("none", "public", "protected", "", "private")) {
                    for (boolean property : List.of(true, false)) {
                        for (String creator : CREATORS) {
                            String name = "T" + number++;
                            source.append(visibility)
                                    .append(' ')
                                    .append(kind)
                                    .append(' ')
                                    .append(name);
                            source.append(members(name, kind, constructor, property, creator));
                            source.append("void m" + name + "(" + name + " body) {}\n");
                        }
                    }
                }
            }
        }
        return source.toString();
    }

    private static String members(String name, String kind, String constructor, boolean property, String creator) {
        StringBuilder members = new StringBuilder();
        if (kind.equals("record")) {
            members.append(property ? "(String a) {" : "() {");
            if (property && !constructor.equals("none")) {
                members.append(constructor + " " + name + "() { this(\"\"); }");
            }
        } else {
            members.append("{");
            if (property) {
                members.append(kind.equals("interface") ? "String getA();" : "public String a;");
            }
            if (!kind.equals("interface")) {
                members.append(constructor.equals("none") ? name + "(int a) {}" : constructor + " " + name + "() {}");
            }
        }
        if (creator.equals("factory")) {
            if (!kind.equals("class")) {
                members.append("@jakarta.json.bind.annotation.JsonbCreator public static " + name + " of(" + PARAMETER
                        + ") { return null; }");
            }
        } else if (!creator.isEmpty() && !kind.equals("interface")) {
            members.append(creator).append(' ').append(created(name, kind, property));
        }
        return members.append("}\n").toString();
    }

    /** A constructor with one parameter, which is the canonical constructor of a record with a property. */
    private static String created(String name, String kind, boolean property) {
        if (!kind.equals("record")) {
            return "public " + name + "(" + PARAMETER + ") {}";
        }
        return "public " + name + (property ? " {}" : "(" + PARAMETER + ") { this(); }");
    }
}
