// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.protocol.HostileServer.Outcome;

/**
 * Whatever arguments and keys a script gets, and whatever Redis refuses it, the state afterwards is either exactly as
 * before, and the script reports this, or exactly as intended. A refused call does not count as executed when it
 * arrives again.
 */
class ScriptFuzzTest {

    private static final String TYPES = "string list set hash zset stream";
    private static final List<String> HOSTILE = Stream.concat(
                    Stream.of("", "abc", "-1", "1e309", "nan", "0", "-", "2.5", "9007199254740993", "9".repeat(20)),
                    Stream.of("x".repeat(100_000)))
            .toList();

    /** Keys without messages, in which a part of a refused change does no harm. */
    private static final Pattern BOOKKEEPING = Pattern.compile("rq:\\{[^}]*}:(job|history|server|servers)\\b");

    private static final List<Object[]> ARRANGEMENT = Scene.arrangement();

    private static HostileServer server;

    private final List<String> problems = new ArrayList<>();

    /** A call of a script, with the state of Redis that it encounters. */
    private record Situation(List<Object[]> arrangement, ScriptCall call) {}

    /** The effect of an undisturbed call. */
    private record Effect(KeySpace before, Outcome outcome, KeySpace after) {

        boolean matches(Outcome other, KeySpace state) {
            return outcome.report().equals(other.report()) && after.relative().equals(state.relative());
        }

        Effect without(String key) {
            return new Effect(before.without(key), outcome, after.without(key));
        }
    }

    /** A fault, and its end. */
    private record Harm(String name, Runnable begin, Runnable end) {

        static Harm of(String name, Runnable begin) {
            return new Harm(name, begin, () -> {});
        }
    }

    @AfterEach
    void noHarmIsDone() {
        assertThat(problems.stream().distinct()).isEmpty();
    }

    @BeforeAll
    static void start() {
        server = new HostileServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Situation of(Scene scene) {
        return new Situation(ARRANGEMENT, scene.call());
    }

    @ParameterizedTest
    @EnumSource
    void callHasAnEffectOnSoundQueues(Scene scene) {
        Effect effect = effect(of(scene));

        assertThat(effect.outcome().error()).isNull();
        if (scene != Scene.SETTLE) {
            assertThat(effect.after().keys()).isNotEqualTo(effect.before().keys());
        }
        assertThat(Soundness.problems(effect.before())).containsExactlyInAnyOrder("no message: gone");
        assertThat(Soundness.problems(effect.before())).containsAll(Soundness.problems(effect.after()));
    }

    @ParameterizedTest
    @EnumSource
    void hostileArgumentsDoNoHarm(Scene scene) {
        Effect effect = effect(of(scene));
        ScriptCall call = scene.call();
        for (int i = 0; i < call.arguments().size(); i++) {
            for (String hostile : HOSTILE) {
                assertNoHarm(
                        scene, effect, call.withArgument(i, hostile), "argument " + (i + 1) + " is " + brief(hostile));
            }
            assertNoHarm(scene, effect, call.withoutArgument(i), "argument " + (i + 1) + " is missing");
            assertNoHarm(scene, effect, call.withArgumentsBefore(i), "arguments end before " + (i + 1));
        }
        for (int i = 0; i < call.keys().size(); i++) {
            assertNoHarm(scene, effect, call.withoutKey(i), "key " + (i + 1) + " is missing");
        }
    }

    private static String brief(String text) {
        return text.length() > 100 ? "very long" : "'" + text + "'";
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.5", "nan", "inf", "-inf", "1e-300", "", "abc"})
    void argumentsThatAreNoIntegersAreRefused(String argument) {
        ScriptCall call = Scene.HEARTBEAT.call().withArgument(1, argument);

        Outcome outcome = effect(new Situation(ARRANGEMENT, call)).outcome();

        assertThat(outcome.error()).contains("argument 2 must be an integer from 1 to 604800000");
    }

    @ParameterizedTest
    @EnumSource
    void keysOfOtherTypesDoNoHarm(Scene scene) {
        Situation situation = of(scene);
        Effect effect = effect(situation);
        Set<String> keys = new TreeSet<>(effect.before().keys().keySet());
        keys.addAll(effect.after().keys().keySet());
        keys.retainAll(keysOf(situation));
        keys.addAll(scene.call().keys());
        keys.remove(ScriptCall.LANE);
        for (String key : keys) {
            String own = type(key, effect);
            List<Effect> effects = new ArrayList<>(List.of(effect.without(key)));
            for (String harmless : List.of("none", own)) {
                server.arrange(situation.arrangement());
                server.replace(key, harmless);
                effects.add(effect(situation.call()).without(key));
            }
            for (String type : TYPES.split(" ")) {
                if (!type.equals(own)) {
                    Harm harm =
                            new Harm(key + " is a " + type, () -> server.replace(key, type), () -> server.restore(key));
                    assertAsBeforeOrAsIntended(scene, situation, effects, harm, key);
                }
            }
        }
    }

    private static String type(String key, Effect effect) {
        KeySpace.Content content =
                effect.before().keys().getOrDefault(key, effect.after().keys().get(key));
        if (key.contains("}:message:")) {
            return "string";
        } else if (content != null) {
            return content.type();
        }
        return switch (key.substring(key.indexOf('}') + 2)) {
            case "ready", "arrived" -> "list";
            case "processing", "dead", "expiry", "scheduled", "waiting", "prioritized" -> "zset";
            case "failures", "abandoned", "errors", "prepared", "heads", "attributes" -> "hash";
            default -> "string";
        };
    }

    @ParameterizedTest
    @EnumSource
    void deniedCommandsDoNoHarm(Scene scene) {
        Effect intended = effect(of(scene));
        for (String command : CommandRights.commands(scene.call().script())) {
            assertNoHarm(scene, intended, Harm.of("denied " + command, () -> server.deny(command)));
            assertNoHarm(scene, intended, Harm.of("denied " + command + " and memory", () -> {
                server.deny(command);
                server.exhaust();
            }));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND_SCHEDULED", "COMMIT_SCHEDULED", "MOVE_GROUPED_LETTERS", "MOVE_GROUPED_MESSAGES"})
    void refusedCallRestoresWhatDeletedMessagesLeft(Scene scene) {
        List<Object[]> arrangement = new ArrayList<>(ARRANGEMENT);
        arrangement.add(new Object[] {"ZADD", "rq:{q9}:scheduled", "4000000000000", "n1", "4000000000000", "n2"});
        arrangement.add(
                new Object[] {"HSET", "rq:{q14}:attributes", "d1", "0000000000000001 d", "d2", "0000000000000002 d"});
        Situation situation = new Situation(arrangement, scene.call());
        Effect intended = effect(situation);
        for (String command : CommandRights.commands(scene.call().script())) {
            Harm harm = Harm.of("denied " + command, () -> server.deny(command));
            assertAsBeforeOrAsIntended(scene, situation, List.of(intended), harm, "");
        }
    }

    @ParameterizedTest
    @EnumSource
    void deniedKeysDoNoHarm(Scene scene) {
        assumeThat(server.knowsRightsToReadAndWrite()).isTrue();
        Effect intended = effect(of(scene));
        for (String pattern : HostileServer.patterns(keysOf(of(scene)))) {
            for (String right : List.of("", "%R", "%W")) {
                String name = "only '" + right + "' on " + pattern;
                assertNoHarm(scene, intended, Harm.of(name, () -> server.restrict(pattern, right)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void exhaustedMemoryDoesNoHarm(Scene scene) {
        assertNoHarm(scene, effect(of(scene)), Harm.of("no memory", () -> server.exhaust()));
    }

    @Test
    void randomArgumentsDoNoHarm() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        int tries = Integer.getInteger("fuzz.tries", 300);
        for (int i = 0; i < tries && problems.isEmpty(); i++) {
            byChance(random);
        }
        assertThat(problems).as("repeat with -Dfuzz.seed=" + seed).isEmpty();
    }

    /** A fault occurs in a part of the usual state. */
    private void byChance(Random random) {
        Scene scene = pick(random, Arrays.asList(Scene.values()));
        List<Object[]> arrangement =
                ARRANGEMENT.stream().filter(command -> random.nextInt(8) > 0).toList();
        ScriptCall call = scene.call();
        for (int wrong = call.arguments().isEmpty() ? 0 : random.nextInt(3); wrong > 0; wrong--) {
            call = call.withArgument(random.nextInt(call.arguments().size()), pick(random, HOSTILE));
        }
        Situation situation = new Situation(arrangement, call);
        Effect effect = effect(situation);
        List<String> commands = List.copyOf(CommandRights.commands(call.script()));
        String command = pick(random, commands);
        boolean full = random.nextBoolean();
        Harm harm = Harm.of("denied " + command + (full ? " and memory" : ""), () -> {
            server.deny(command);
            if (full) {
                server.exhaust();
            }
        });
        Scene judged = call.script() == Script.CLAIM ? Scene.CLAIM_SOME : scene; // bodies may be left that it releases
        assertAsBeforeOrAsIntended(judged, situation, List.of(effect), harm, "");
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    // What must hold

    private void assertNoHarm(Scene scene, Effect intended, Harm harm) {
        assertAsBeforeOrAsIntended(scene, of(scene), List.of(intended), harm, "");
    }

    private static Effect effect(Situation situation) {
        server.arrange(situation.arrangement());
        return effect(situation.call());
    }

    private static Set<String> keysOf(Situation situation) {
        server.arrange(situation.arrangement());
        return server.keysOf(situation.call());
    }

    private static Effect effect(ScriptCall call) {
        KeySpace before = server.state();
        Outcome outcome = server.run(call);
        return new Effect(before, outcome, server.state());
    }

    /** A changed call is refused, or loses nothing that the intended call would keep. */
    private void assertNoHarm(Scene scene, Effect intended, ScriptCall call, String what) {
        Effect effect = effect(new Situation(ARRANGEMENT, call));
        assertSound(scene + ": " + what, intended, effect);
        if (call.isNumbered()) {
            Effect again = effect(call);
            assertUnchanged(scene + ", arrives again: " + what, again);
            if (effect.outcome().isRefused() && !again.outcome().isRefused()) {
                problems.add(scene + ", claims to be done: " + what);
            }
        }
    }

    private void assertSound(String what, Effect intended, Effect effect) {
        if (effect.outcome().isRefused()) {
            assertUnchanged(what, effect);
            return;
        }
        Set<String> unsound = new TreeSet<>(Soundness.problems(effect.after()));
        unsound.removeAll(Soundness.problems(effect.before()));
        unsound.removeAll(Soundness.problems(intended.after())); // a part of the usual state may have been missing
        Set<String> lost = Soundness.values(effect.before());
        lost.removeAll(Soundness.values(effect.after()));
        lost.retainAll(Soundness.values(intended.after()));
        if (!unsound.isEmpty() || !lost.isEmpty()) {
            problems.add(what + ": accepted, then " + unsound + ", lost " + lost);
        }
    }

    private void assertUnchanged(String what, Effect effect) {
        if (effect.before().keys().equals(effect.after().keys())) {
            return;
        }
        List<String> differences = effect.before().differences(effect.after()).stream()
                .filter(difference -> !BOOKKEEPING.matcher(difference).lookingAt())
                .toList();
        if (!differences.isEmpty()) {
            problems.add(what + ": " + effect.outcome().summary() + ", and yet: " + differences);
        }
    }

    /** The call is refused, or has one of these effects apart from one key; so has the same call after the harm. */
    private void assertAsBeforeOrAsIntended(
            Scene scene, Situation situation, List<Effect> intended, Harm harm, String key) {
        String what = scene + ": " + harm.name();
        server.arrange(situation.arrangement());
        Effect effect;
        harm.begin().run();
        try {
            effect = effect(situation.call());
        } finally {
            server.heal();
        }
        if (scene.canWait() || key.contains("}:message:") || key.contains("}:staged:")) {
            assertSound(what, intended.get(0), effect);
            return;
        }
        List<Effect> allowed = intended.stream() // a script may do without a wake-up that Redis refuses
                .flatMap(each -> Stream.of(each, withoutWakeUps(each)))
                .toList();
        assertEffect(what, effect, allowed, key);
        if (situation.call().isNumbered()) {
            harm.end().run();
            Effect again = effect(situation.call());
            if (effect.outcome().isRefused()) {
                assertEffect(
                        what + ", then again", again, List.of(intended.get(0).without(key)), key);
            } else if (again.outcome().isRefused()
                    || !again.outcome().report().equals(effect.outcome().report())) {
                problems.add(what + ": done, and then again: " + again.outcome().summary());
            } else {
                assertUnchanged(what + ", done twice", again);
            }
        }
    }

    /** The effect without the empty strings that the script has pushed to lists that were empty or that it has emptied. */
    private static Effect withoutWakeUps(Effect effect) {
        Effect without = effect;
        for (var entry : effect.after().keys().entrySet()) {
            if (entry.getKey().endsWith("}:ready")
                    && entry.getValue().elements().equals(List.of(""))
                    && !entry.getValue().equals(effect.before().keys().get(entry.getKey()))) {
                without = without.without(entry.getKey());
            }
        }
        return without;
    }

    private void assertEffect(String what, Effect effect, List<Effect> intended, String key) {
        Effect actual = effect.without(key);
        if (effect.outcome().isRefused()) {
            assertUnchanged(what, effect);
        } else if (intended.stream().noneMatch(each -> each.matches(actual.outcome(), actual.after()))) {
            problems.add(what + ": " + effect.outcome().summary() + " instead of "
                    + intended.get(0).outcome().summary() + ", wrong: "
                    + intended.get(0).after().differences(actual.after()));
        }
    }
}
