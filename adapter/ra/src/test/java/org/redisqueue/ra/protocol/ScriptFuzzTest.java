// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever Redis refuses a script, all or nothing is done. */
class ScriptFuzzTest extends ScriptFaults {

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
}
