// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads scripts as they are sent to Redis: each line {@code --@include name} is replaced with the content of
 * {@code name.lua}. An included file may include further ones.
 */
public final class ScriptSource {

    private static final Pattern INCLUDE = Pattern.compile("(?m)^--@include (\\w+)\\n");

    private ScriptSource() {}

    /**
     * Prints a script, including its fragments, for use in another language.
     *
     * @param names the name of the script, such as {@code claim}
     */
    public static void main(String... names) {
        if (names.length != 1) {
            throw new IllegalArgumentException("Name one script, such as claim");
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.print(of(names[0]));
        out.flush();
    }

    /**
     * Reads a script, including its fragments.
     *
     * @param name name of the script, such as {@code acknowledge}
     * @throws UncheckedIOException if the script cannot be read
     */
    public static String of(String name) {
        String file = name + ".lua";
        try (InputStream in = ScriptSource.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new FileNotFoundException(file);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return INCLUDE.matcher(text).replaceAll(include -> Matcher.quoteReplacement(of(include.group(1))));
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}
