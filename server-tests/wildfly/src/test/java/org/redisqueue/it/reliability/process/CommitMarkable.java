// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands on the page about WildFly that make a database a commit-markable resource, for the database of a site. */
final class CommitMarkable {

    private static final Path PAGE = Path.of("../../docs/servers/wildfly.md");
    private static final String SECTION = "### Commit to the database in one phase\n";

    private static final Map<String, String> REPLACEMENTS = Map.of(
            "=jdbc:postgresql://db.example.com:5432/shop ",
                    "=\"jdbc:postgresql://127.0.0.1:${reliability.database.port}/postgres\" ",
            "--user-name=shop --password=…", "--user-name=postgres --password=postgres",
            "Shop", "Bookings",
            "shutdown --restart\n", "");

    private CommitMarkable() {}

    /** The statement that creates the table of the decisions. */
    static String table() throws IOException {
        return block("sql");
    }

    /** The commands of the management CLI, after the removal of the XA data source. */
    static String commands() throws IOException {
        String commands = block("jboss-cli");
        for (Map.Entry<String, String> replacement : REPLACEMENTS.entrySet()) {
            if (!commands.contains(replacement.getKey())) {
                throw new IllegalStateException(PAGE + " does not contain " + replacement.getKey());
            }
            commands = commands.replace(replacement.getKey(), replacement.getValue());
        }
        return "xa-data-source remove --name=Bookings\n" + commands;
    }

    /** The first block of the section in this language. */
    private static String block(String language) throws IOException {
        String page = Files.readString(PAGE);
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(page.substring(page.indexOf(SECTION)));
        if (!page.contains(SECTION) || !block.find()) {
            throw new IllegalStateException(PAGE + " has no block of " + language + " after '" + SECTION.strip() + "'");
        }
        return block.group(1);
    }
}
