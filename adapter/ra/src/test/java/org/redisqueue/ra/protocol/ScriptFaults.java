// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.redisqueue.ra.protocol.HostileServer.Outcome;

/**
 * Calls scripts under faults: whatever arguments and keys a script gets, and whatever Redis refuses it, the state
 * afterwards is either exactly as before, and the script reports this, or exactly as intended. A refused call does not
 * count as executed when it arrives again.
 */
abstract class ScriptFaults {

    static final List<String> HOSTILE = Stream.concat(
                    Stream.of("", "abc", "-1", "1e309", "nan", "0", "-", "2.5", "9007199254740993", "9".repeat(20)),
                    Stream.of("x".repeat(100_000)))
            .toList();

    /** Keys without messages, in which a part of a refused change does no harm. */
    private static final Pattern BOOKKEEPING = Pattern.compile("rq:\\{[^}]*}:(job|history|server|servers)\\b");

    static final List<Object[]> ARRANGEMENT = Scene.arrangement();

    static HostileServer server;

    final List<String> problems = new ArrayList<>();
    private final Map<KeySpace, Set<String>> knownProblems = new IdentityHashMap<>();

    /** A call of a script, with the state of Redis that it encounters. */
    record Situation(List<Object[]> arrangement, ScriptCall call) {}

    /** The effect of an undisturbed call. */
    record Effect(KeySpace before, Outcome outcome, KeySpace after) {

        boolean matches(Outcome other, KeySpace state) {
            return outcome.report().equals(other.report()) && after.relative().equals(state.relative());
        }

        Effect without(String key) {
            return new Effect(before.without(key), outcome, after.without(key));
        }
    }

    /** A fault, and its end. */
    record Harm(String name, Runnable begin, Runnable end) {

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

    static Situation of(Scene scene) {
        return new Situation(ARRANGEMENT, scene.call());
    }

    void assertNoHarm(Scene scene, Effect intended, Harm harm) {
        assertAsBeforeOrAsIntended(scene, of(scene), List.of(intended), harm, "");
    }

    static Effect effect(Situation situation) {
        server.arrange(situation.arrangement());
        return effect(situation.call());
    }

    static Set<String> keysOf(Situation situation) {
        server.arrange(situation.arrangement());
        return server.keysOf(situation.call());
    }

    static Effect effect(ScriptCall call) {
        KeySpace before = server.state();
        Outcome outcome = server.run(call);
        return new Effect(before, outcome, server.state());
    }

    void assertSound(String what, Effect intended, Effect effect) {
        if (effect.outcome().isRefused()) {
            assertUnchanged(what, effect);
            return;
        }
        Set<String> unsound = new TreeSet<>(Soundness.problems(effect.after()));
        unsound.removeAll(knownProblems(effect.before()));
        unsound.removeAll(knownProblems(intended.after())); // a part of the usual state may have been missing
        Set<String> lost = Soundness.values(effect.before());
        lost.removeAll(Soundness.values(effect.after()));
        lost.retainAll(Soundness.values(intended.after()));
        if (!unsound.isEmpty() || !lost.isEmpty()) {
            problems.add(what + ": accepted, then " + unsound + ", lost " + lost);
        }
    }

    /** The problems of a state with which many others are compared. */
    private Set<String> knownProblems(KeySpace keys) {
        return knownProblems.computeIfAbsent(keys, Soundness::problems);
    }

    void assertUnchanged(String what, Effect effect) {
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
    void assertAsBeforeOrAsIntended(Scene scene, Situation situation, List<Effect> intended, Harm harm, String key) {
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
