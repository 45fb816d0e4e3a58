// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.QueueAdmin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Replaces the body of a dead letter. */
@Command(name = "edit", description = "Replaces the body of a dead letter.")
final class EditCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Parameters(index = "1", paramLabel = "<id>", description = "Id of the message.")
    private String id = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "<file>",
            description = "File with the new body in UTF-8. Default: standard input.")
    private String file = "-";

    @Option(
            names = "--version-read",
            paramLabel = "<version>",
            description = "Version that the change is based on, as printed by show. Default: the current version.")
    private @Nullable String version;

    @Override
    public Integer call() throws IOException {
        String body = file.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : contents();
        QueueAdmin admin = parent.admin();
        String current = version;
        if (current == null) {
            current = admin.message(queue, id).map(MessageDetails::version).orElse("0");
        }
        admin.editBody(queue, id, body, current);
        parent.output().line("Replaced. Make the message ready again with: requeue " + queue + " --id <id>");
        return 0;
    }

    private String contents() {
        try {
            return Files.readString(Path.of(file));
        } catch (CharacterCodingException e) {
            throw new InvalidArgumentException("The file '" + file + "' is not UTF-8.");
        } catch (IOException | InvalidPathException e) {
            throw new InvalidArgumentException("The file '" + file + "' cannot be read.");
        }
    }
}
