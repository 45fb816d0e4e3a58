// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.redisqueue.ra.client.BorrowedThread;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.api.queue.DequeMoveArgs;
import org.redisson.client.codec.StringCodec;

/**
 * Checks that the Redis user may call the commands that the scripts use, before Redis refuses one of them in the middle
 * of a script. The commands are extracted from the script sources.
 *
 * <p>If the user may not access the keys of the check, for example because the user is limited to certain queues, the
 * check is inconclusive and refuses nothing.
 */
final class CommandRights {

    /** The scripts that run only to consume or inspect a queue. */
    private static final Set<Script> CONSUMING_SCRIPTS = EnumSet.of(
            Script.CLAIM,
            Script.RENEW,
            Script.SHIFT,
            Script.REDELIVER,
            Script.TAKEBACK,
            Script.RELEASE,
            Script.WAKE,
            Script.FORGET,
            Script.BIND,
            Script.CONFIGURE,
            Script.OCCUPY,
            Script.INSPECT);

    /** The scripts for operators and for heartbeats, which follow one another. They are not checked in advance. */
    private static final Set<Script> OPERATING_SCRIPTS = EnumSet.range(Script.OVERVIEW, Script.SERVERS);

    /** Commands that operators call without a script. */
    private static final Set<String> OPERATING_COMMANDS = Set.of("hgetall", "scan", "xadd", "xrevrange");

    /** Commands that scripts of senders contain too, but call only for consumed messages. */
    private static final Set<String> CONSUMER_ONLY_COMMANDS = Set.of("hlen", "zmscore");

    private static final String WAIT_COMMAND = "blmove";

    private static final Pattern NAME = Pattern.compile("'([A-Z]{3,})'");
    private static final Pattern DENIED_COMMAND = Pattern.compile("'([^']+)' (?:command|sub)");

    private final RedisClient client;
    private final Confirmation confirmation;
    private final String probe;
    private final String missing;
    private volatile boolean mayConsume;

    CommandRights(RedisClient client, Keys keys, Confirmation confirmation) {
        this.client = client;
        this.confirmation = confirmation;
        this.probe = keys.prefix() + ":{rights}:probe";
        this.missing = keys.prefix() + ":{rights}:missing";
    }

    /** The commands that sending requires, including transactions and recovery. */
    static Set<String> senderCommands() {
        Set<String> commands = new TreeSet<>();
        for (Script script : Script.values()) {
            if (!CONSUMING_SCRIPTS.contains(script) && !OPERATING_SCRIPTS.contains(script) && script != Script.RIGHTS) {
                commands.addAll(commands(script));
            }
        }
        commands.removeAll(CONSUMER_ONLY_COMMANDS);
        return commands;
    }

    /** The commands that consuming requires in addition. */
    static Set<String> consumerCommands() {
        Set<String> commands = new TreeSet<>();
        for (Script script : Script.values()) {
            if (!OPERATING_SCRIPTS.contains(script)) {
                commands.addAll(commands(script));
            }
        }
        commands.add(WAIT_COMMAND);
        commands.removeAll(senderCommands());
        return commands;
    }

    /** The commands that the operations for operators require in addition. */
    static Set<String> operatorCommands() {
        Set<String> commands = new TreeSet<>(OPERATING_COMMANDS);
        for (Script script : OPERATING_SCRIPTS) {
            commands.addAll(commands(script));
        }
        commands.removeAll(senderCommands());
        commands.removeAll(consumerCommands());
        return commands;
    }

    /** The commands that operators without an application server require: those of sending are checked on connecting. */
    static Set<String> commandLineCommands() {
        Set<String> commands = new TreeSet<>(OPERATING_COMMANDS);
        commands.addAll(senderCommands());
        commands.addAll(commands(Script.FORGET));
        commands.addAll(commands(Script.BIND));
        commands.addAll(commands(Script.CONFIGURE));
        commands.addAll(commands(Script.OCCUPY));
        for (Script script : OPERATING_SCRIPTS) {
            if (script != Script.HEARTBEAT && script != Script.TALLY) {
                commands.addAll(commands(script));
            }
        }
        return commands;
    }

    static Set<String> commands(Script script) {
        Set<String> commands = new TreeSet<>();
        NAME.matcher(script.source())
                .results()
                .map(name -> name.group(1).toLowerCase(Locale.ROOT))
                .filter(HarmlessCalls::knows)
                .forEach(commands::add);
        return commands;
    }

    /**
     * Checks the commands that sending requires.
     *
     * @throws RedisUnavailableException if the user may not call one of them; its message names the denied commands
     */
    void requireToSend(RedissonClient redisson) {
        Set<String> denied = denied(redisson, senderCommands(), false);
        denied.addAll(deniedConfirmation(redisson));
        if (!denied.isEmpty()) {
            throw new RedisUnavailableException("RQ-130 " + refusal("sending", denied));
        }
    }

    /**
     * Checks the commands that consuming requires. Blocks. A positive result is remembered; after a refusal, the next
     * call checks again.
     *
     * @throws RedisUnavailableException if the user may not call one of them; its message names the denied commands
     */
    void requireToConsume() {
        if (mayConsume) {
            return;
        }
        RedissonClient redisson = client.redisson();
        Set<String> denied = BorrowedThread.call(() -> {
            Set<String> found = denied(redisson, consumerCommands(), true);
            found.addAll(deniedWait(redisson));
            return found;
        });
        if (!denied.isEmpty()) {
            throw new RedisUnavailableException("RQ-131 " + refusal("consuming", denied));
        }
        mayConsume = true;
    }

    private String refusal(String purpose, Collection<String> denied) {
        String user = client.settings().getUser();
        return "Redis at " + client.address() + " does not allow "
                + (user == null || user.isEmpty() ? "its user" : "user '" + user + "'") + " to run commands that "
                + purpose + " requires: " + String.join(", ", denied) + ". Grant them to the user.";
    }

    private Set<String> denied(RedissonClient redisson, Set<String> wanted, boolean keepProbe) {
        List<String> commands = wanted.stream().filter(HarmlessCalls::knows).toList();
        List<Object> arguments = new ArrayList<>(List.of(keepProbe ? 1 : 0, commands.size()));
        for (String command : commands) {
            String[] words = HarmlessCalls.of(command).split(" ");
            arguments.add(words[0].endsWith("!") ? 1 : 0);
            arguments.add(words.length);
            words[0] = command;
            arguments.addAll(Arrays.asList(words));
        }
        Set<String> denied = new TreeSet<>();
        try {
            List<Object> errors = join(Script.RIGHTS.run(
                    ScriptWire.of(redisson, responseTimeout()),
                    ReturnType.LIST,
                    List.of(probe, missing),
                    arguments.toArray()));
            if (Denial.of(text(errors.get(0))) == Denial.KEY) {
                return denied;
            }
            for (int i = 0; i < commands.size(); i++) {
                if (Denial.of(text(errors.get(i + 1))) != Denial.NONE) {
                    denied.add(commands.get(i));
                }
            }
        } catch (RuntimeException e) { // the user may lack the right to run scripts
            denied.addAll(deniedCommand(e));
        }
        return denied;
    }

    private Set<String> deniedConfirmation(RedissonClient redisson) {
        if (!confirmation.isRequired()) {
            return Set.of();
        }
        try {
            confirmation.tryOut(redisson, responseTimeout(), probe);
            return Set.of();
        } catch (RuntimeException e) {
            return deniedCommand(e);
        }
    }

    private Duration responseTimeout() {
        return Duration.ofMillis(client.settings().getResponseTimeout());
    }

    /** Tries the blocking wait on the probe. It does not wait, because the probe holds a string. */
    private Set<String> deniedWait(RedissonClient redisson) {
        try {
            join(redisson.<String>getBlockingDeque(probe, StringCodec.INSTANCE)
                    .moveAsync(Duration.ofSeconds(1), DequeMoveArgs.pollLast().addLastTo(probe)));
            return Set.of();
        } catch (RuntimeException e) {
            return deniedCommand(e);
        }
    }

    /**
     * The command that an error reports as denied; empty for other errors, which the next call will encounter as well.
     */
    private static Set<String> deniedCommand(RuntimeException failure) {
        String text = String.valueOf(Failures.unwrap(failure).getMessage());
        if (Denial.of(text) != Denial.COMMAND) {
            return Set.of();
        }
        Matcher name = DENIED_COMMAND.matcher(text);
        return Set.of(name.find() ? name.group(1) : "evalsha");
    }

    private static <T> T join(CompletionStage<T> reply) throws CompletionException {
        return reply.toCompletableFuture().join();
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }

    /** What a Redis error reveals about permissions. The patterns match the wording of Redis 6.2 to 8 and of Valkey. */
    enum Denial {
        NONE,
        COMMAND,
        KEY;

        private static final Pattern ANY = Pattern.compile(
                "(?i)\\bNOPERM\\b|no permissions|can't run this command|can't access at least one of the keys");
        private static final Pattern KEY_ACCESS = Pattern.compile("(?i)\\baccess\\b.*\\bkeys?\\b");

        static Denial of(String error) {
            if (!ANY.matcher(error).find()) {
                return NONE;
            }
            return KEY_ACCESS.matcher(error).find() ? KEY : COMMAND;
        }
    }
}
