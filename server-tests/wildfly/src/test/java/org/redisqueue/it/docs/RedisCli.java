// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.redisqueue.ra.testing.RespConnection;

/** What the pages need of redis-cli, which is not part of the Redis of the tests. */
public final class RedisCli {

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    private RedisCli() {}

    /**
     * Runs one command, or the commands of the standard input; ends with 1 if Redis replies with an error. The only option is
     * {@code -e}, which has no further effect.
     *
     * @param arguments the port, then the command
     */
    public static void main(String[] arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(arguments).subList(1, arguments.length));
        while (!words.isEmpty() && words.get(0).startsWith("-")) {
            String option = words.remove(0);
            if (!option.equals("-e")) {
                System.err.println("The redis-cli of the tests does not know the option " + option);
                System.exit(2);
            }
        }
        try (RespConnection redis = new RespConnection("127.0.0.1", Integer.parseInt(arguments[0]))) {
            if (!words.isEmpty()) {
                print(redis.call(words.toArray()));
                return;
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    print(redis.call(words(line).toArray()));
                }
            }
        } catch (RespConnection.ErrorReply e) {
            System.err.println("(error) " + e.getMessage());
            System.exit(1);
        }
    }

    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line);
        while (word.find()) {
            for (int i = 1; i <= 3; i++) {
                if (word.group(i) != null) {
                    words.add(word.group(i));
                }
            }
        }
        return words;
    }

    private static void print(Object reply) {
        if (reply instanceof List<?> elements) { // like redis-cli if its output is not a terminal
            elements.forEach(RedisCli::print);
        } else {
            System.out.println(reply);
        }
    }
}
