// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.protocol.HostileServer.Outcome;

/** Scripts refuse arguments that are not valid, or do no harm with them. */
class HostileArgumentsFuzzTest extends ScriptFaults {

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
}
