// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.redisqueue.launchers.process.Resources;

/** A Java sample: a file, a class, members of a class, statements, or members followed by statements. */
final class JavaSample {

    private static final String IMPORTS = """
            import jakarta.annotation.*;
            import jakarta.ejb.*;
            import jakarta.enterprise.context.*;
            import jakarta.inject.*;
            import jakarta.persistence.*;
            import java.time.*;
            import java.util.*;
            import java.util.logging.Logger;
            import org.redisqueue.*;
            import org.redisqueue.admin.*;
            """;

    private static final String APPLICATION = application();
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    private JavaSample() {}

    private static String application() {
        try {
            return Resources.text(JavaSample.class, "Application.java.txt");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns why the sample does not compile in any of its possible forms; empty if it does. */
    static List<String> errors(String sample) {
        String text = sample.replace("{ … }", "{ throw new UnsupportedOperationException(); }");
        List<String> forms = List.of(
                text,
                IMPORTS + text + APPLICATION,
                IMPORTS + text + "class Sample {}\n" + APPLICATION,
                inClass(text),
                inMethod("", text),
                inMethod(upToBlankLine(text), afterBlankLine(text)));
        List<String> errors = new ArrayList<>();
        for (String form : forms) {
            String error = compile(form);
            if (error.isEmpty()) {
                return List.of();
            }
            errors.add(error);
        }
        return errors;
    }

    private static String inClass(String text) {
        return IMPORTS + "class Sample extends Application {\n" + text + "}\n" + APPLICATION;
    }

    private static String inMethod(String members, String statements) {
        return inClass(members + "void sample() throws Exception {\n" + statements + "}\n");
    }

    private static String upToBlankLine(String text) {
        return text.substring(0, text.indexOf("\n\n") + 1);
    }

    private static String afterBlankLine(String text) {
        return text.substring(text.indexOf("\n\n") + 1);
    }

    private static String compile(String source) {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("memory:///Sample.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        // A sample may declare public classes, each of which would need a separate file.
                        return source.replaceAll("(?m)^public (class|record|interface)", "$1");
                    }
                };
        COMPILER.getTask(
                        null,
                        null,
                        found,
                        List.of("-proc:none", "-implicit:none", "-d", "target", "-classpath", classPath()),
                        null,
                        List.of(file))
                .call();
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
                .collect(Collectors.joining("; "));
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
