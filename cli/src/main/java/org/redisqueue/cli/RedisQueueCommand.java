// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.LogManager;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code redis-queue}. Its subcommands inspect, repair and pause queues. */
@Command(
        name = "redis-queue",
        description = "Inspects, repairs and pauses the queues of the Redis Queue Connector.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Success",
            "1:Unexpected failure",
            "2:Invalid arguments",
            "3:The operation was refused, for example because the message does not exist",
            "4:Redis cannot be reached, or refuses access",
            "5:Damage was found, a queue was not checked, or a job did not end successfully"
        },
        subcommands = {
            QueuesCommand.class,
            BrowseCommand.class,
            ShowCommand.class,
            EditCommand.class,
            RequeueCommand.class,
            DeleteCommand.class,
            CancelCommand.class,
            MoveCommand.class,
            PurgeCommand.class,
            DeleteQueueCommand.class,
            JobCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            SettingsCommand.class,
            SetCommand.class,
            UnsetCommand.class,
            TopicsCommand.class,
            BindCommand.class,
            UnbindCommand.class,
            InDoubtCommand.class,
            ServersCommand.class,
            CheckCommand.class,
            AuditCommand.class,
            TopCommand.class
        })
public final class RedisQueueCommand implements AutoCloseable {

    /** The exit code if an operation was refused. */
    static final int REFUSED = 3;

    /** The exit code if Redis cannot be reached, or refuses access. */
    static final int UNAVAILABLE = 4;

    /** The exit code if damage was found, a queue was not checked, or a job did not end successfully. */
    static final int NOT_GOOD = 5;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON instead of tables.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String... arguments) {
        LogManager.getLogManager().reset(); // commands report failures themselves
        java.util.logging.Logger.getLogger("").setLevel(Level.OFF);
        System.setProperty("io.netty.jfr.enabled", "false"); // loading Flight Recorder takes a fifth of a second
        System.exit(run(arguments));
    }

    /** Runs a command and returns its exit code. */
    static int run(String... arguments) {
        try (RedisQueueCommand command = new RedisQueueCommand()) {
            return commandLine(command).execute(arguments);
        }
    }

    static CommandLine commandLine(RedisQueueCommand command) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                // The sender of a message chooses its id, which may begin with @ or be that of an option.
                .setExpandAtFiles(false)
                .setAllowOptionsAsOptionParameters(true)
                .registerConverter(Duration.class, new DurationConverter())
                .setParameterExceptionHandler(RedisQueueCommand::explain)
                .setExecutionExceptionHandler((failure, line, result) -> {
                    printError(line, "Error: " + failure.getMessage());
                    return exitCode(failure);
                });
    }

    /** Explains invalid arguments like the default handler. */
    private static int explain(ParameterException failure, String[] arguments) {
        CommandLine line = failure.getCommandLine();
        printError(line, String.valueOf(failure.getMessage()));
        if (!UnmatchedArgumentException.printSuggestions(failure, line.getErr())) {
            line.usage(line.getErr(), line.getColorScheme());
        }
        return CommandLine.ExitCode.USAGE;
    }

    /** Messages may contain arguments, which may come from Redis. */
    private static void printError(CommandLine line, String message) {
        line.getErr().println(line.getColorScheme().errorText(Output.printable(message, true)));
    }

    private static int exitCode(Exception failure) {
        if (failure instanceof QueueAdminException problem) {
            return switch (problem.kind()) {
                case INVALID, NOT_FOUND, CONFLICT -> REFUSED;
                case FORBIDDEN, UNAVAILABLE -> UNAVAILABLE;
            };
        }
        return failure instanceof InvalidArgumentException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }

    /** The operations, on behalf of the user who runs the command. */
    QueueAdmin admin() {
        return connection.admin();
    }

    /** Where commands print their results. */
    Output output() {
        PrintWriter out = spec.commandLine().getOut();
        return new Output(out, json);
    }

    @Override
    public void close() {
        connection.close();
    }
}
