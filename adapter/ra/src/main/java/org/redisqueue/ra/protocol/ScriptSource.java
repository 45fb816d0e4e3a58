// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads scripts as Redis gets them: a line {@code --@include name} stands for the file {@code name.lua}. */
public final class ScriptSource {

    private static final Pattern INCLUDE = Pattern.compile("(?m)^--@include (\\w+)\\n");

    private ScriptSource() {}

    /** @param name of a script, such as {@code acknowledge} */
    public static String of(String name) {
        String file = name + ".lua";
        try (InputStream in = ScriptSource.class.getResourceAsStream(file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return INCLUDE.matcher(text).replaceAll(include -> Matcher.quoteReplacement(of(include.group(1))));
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}
