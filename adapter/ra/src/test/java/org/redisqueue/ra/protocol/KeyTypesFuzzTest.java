// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scripts do no harm if something else has written a key of another type. */
class KeyTypesFuzzTest extends ScriptFaults {

    private static final String TYPES = "string list set hash zset stream";

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
            case "processing", "dead", "expiry", "scheduled", "waiting", "prioritized", "slots" -> "zset";
            case "failures", "abandoned", "errors", "prepared", "heads", "attributes", "settings" -> "hash";
            default -> "string";
        };
    }
}
