// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import picocli.CommandLine.Option;

/** Asks before something is deleted. */
final class Confirmation {

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask for confirmation.")
    private boolean yes;

    /** @throws InvalidArgumentException if the user does not agree, or cannot be asked */
    void require(String question) {
        if (yes) {
            return;
        }
        System.err.print(Output.printable(question, false) + " [y/N] ");
        System.err.flush();
        String answer;
        try {
            answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (answer == null) {
            throw new InvalidArgumentException("Add --yes to confirm: " + question);
        } else if (!answer.strip().equalsIgnoreCase("y")) {
            throw new InvalidArgumentException("Not confirmed.");
        }
    }
}
