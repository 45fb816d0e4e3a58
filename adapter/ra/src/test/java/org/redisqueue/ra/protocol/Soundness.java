// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks the keys of queues against the invariants of the protocol. */
final class Soundness {

    private static final Pattern KEY = Pattern.compile(
            "rq:\\{([^{}]*)}:(?:(message|staged|ended|dedup|job|history|server):(.*)|ready|processing"
                    + "|dead|failures|abandoned|errors|prepared|expiry|paused|arrived|scheduled|watchers|servers|bindings"
                    + "|waiting|prioritized|heads|attributes|sequence|settings|rate|slots)",
            Pattern.DOTALL);

    private final KeySpace keys;
    private final String records;
    private final Set<String> problems = new TreeSet<>();

    private Soundness(KeySpace keys) {
        this.keys = keys;
        records = keys.keys().keySet().stream()
                .filter(key -> key.endsWith("}:prepared"))
                .map(key -> keys.elements(key).toString())
                .collect(Collectors.joining());
    }

    /** Each message in exactly one place, each entry with its message, each part of a branch in its record. */
    static Set<String> problems(KeySpace keys) {
        Soundness soundness = new Soundness(keys);
        Map<String, List<String>> queues = new TreeMap<>();
        for (String key : keys.keys().keySet()) {
            Matcher name = KEY.matcher(key);
            if (name.matches()) {
                queues.computeIfAbsent(name.group(1), queue -> new ArrayList<>())
                        .add(key);
            } else if (!key.equals("rq:queues") && !key.equals("rq:topics")) {
                soundness.problems.add("unknown key " + brief(key));
            }
        }
        queues.forEach(soundness::inspect);
        return soundness.problems;
    }

    /** The values of all messages, delivered or only prepared. */
    static Set<String> values(KeySpace keys) {
        Set<String> values = new TreeSet<>();
        keys.keys().forEach((key, content) -> {
            if (key.contains("}:message:") || key.contains("}:staged:")) {
                values.add(brief(content.elements().toString()));
            }
        });
        return values;
    }

    private void inspect(String queue, List<String> keysOfQueue) {
        String base = "rq:{" + queue + "}:";
        List<String> places = new ArrayList<>(keys.elements(base + "ready"));
        places.addAll(keys.elements(base + "arrived"));
        places.removeIf(String::isEmpty);
        keys.pairs(base + "processing").forEach((member, due) -> {
            places.add(member.replaceFirst(" \\S+$", ""));
            if (due.equals("inf") && !records.contains(quoted(queue) + "," + member(member))) {
                problems.add("in no record: " + brief(member));
            }
        });
        keys.pairs(base + "prioritized").forEach((id, rank) -> {
            places.add(id);
            if (Double.parseDouble(rank) != rank(keys.pairs(base + "attributes").getOrDefault(id, ""))) {
                problems.add("has another priority: " + brief(id));
            }
        });
        Set<String> heads = new TreeSet<>(places);
        Set<String> letters = keys.pairs(base + "dead").keySet();
        if (keys.pairs(base + "settings").containsKey("onDeadLetter")) { // it may be "block", or have been until now
            heads.addAll(letters);
        }
        inspectGroups(base, Set.copyOf(places), heads);
        places.addAll(letters);
        places.addAll(keys.pairs(base + "scheduled").keySet());
        keys.pairs(base + "waiting").keySet().forEach(member -> places.add(member.replaceFirst("^.* ", "")));
        places.stream()
                .filter(id -> !keys.keys().containsKey(base + "message:" + id))
                .forEach(id -> problems.add("no message: " + brief(id)));
        for (String key : keysOfQueue) {
            if (key.startsWith(base + "message:")) {
                String id = key.substring((base + "message:").length());
                long found = places.stream().filter(id::equals).count();
                if (found != 1) {
                    problems.add("in " + found + " places: " + brief(id));
                }
            } else if (key.startsWith(base + "staged:")) {
                String[] name = key.substring((base + "staged:").length()).split(":", 2);
                if (!records.contains(quoted(queue) + "," + quoted(name[1]))) {
                    problems.add("in no record: " + brief(key));
                }
            }
        }
        for (String counts : List.of("failures", "abandoned", "expiry", "attributes")) {
            keys.pairs(base + counts).keySet().stream()
                    .filter(id -> !keys.keys().containsKey(base + "message:" + id))
                    .forEach(id -> problems.add("no message but " + counts + ": " + brief(id)));
        }
        if (!keys.elements(base + "bindings").isEmpty()
                && !keys.elements("rq:topics").contains(queue)) {
            problems.add("operators do not find topic " + queue);
        }
        keys.pairs(base + "prepared").keySet().stream()
                .filter(branch -> !keys.elements("rq:queues").contains(queue))
                .forEach(branch -> problems.add("recovery does not find branch " + brief(branch)));
    }

    /**
     * Each group has one message that may be delivered, and the others wait under their sequence numbers.
     *
     * @param possibleHeads the messages that may be delivered and, if groups wait for them, the dead letters
     */
    private void inspectGroups(String base, Set<String> delivered, Set<String> possibleHeads) {
        Map<String, String> attributes = keys.pairs(base + "attributes");
        Map<String, String> heads = keys.pairs(base + "heads");
        heads.forEach((group, id) -> {
            if (!possibleHeads.contains(id)
                    || !group(attributes.getOrDefault(id, "")).equals(group)) {
                problems.add("is no head of " + brief(group) + ": " + brief(id));
            }
        });
        delivered.stream().filter(attributes::containsKey).forEach(id -> {
            String group = group(attributes.get(id));
            if (!group.isEmpty() && !id.equals(heads.get(group))) {
                problems.add("overtakes the head of " + brief(group) + ": " + brief(id));
            }
        });
        keys.pairs(base + "waiting").keySet().forEach(member -> {
            String[] parts = member.split(" ");
            if (parts.length != 3
                    || !(attributes.getOrDefault(parts[2], "") + " ").startsWith(parts[1] + " " + parts[0] + " ")) {
                problems.add("does not wait under its number: " + brief(member));
            } else if (!heads.containsKey(parts[0])) {
                problems.add("waits for no message: " + brief(member));
            }
        });
    }

    /** The group in the attributes of a message; empty if it has none. */
    private static String group(String attributes) {
        String[] parts = attributes.split(" ", -1);
        return parts.length < 2 ? "" : parts[1];
    }

    /** The score that a message with these attributes has among those with a priority. */
    private static double rank(String attributes) {
        String[] parts = attributes.split(" ", -1);
        return parts.length < 3 ? Double.NaN : -Integer.parseInt(parts[2]) * 0x1p42 + Long.parseLong(parts[0], 16);
    }

    private static String member(String member) {
        int space = member.lastIndexOf(' ');
        return quoted(member.substring(0, Math.max(0, space))) + "," + quoted(member.substring(space + 1));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    private static String brief(String text) {
        return text.length() > 200 ? text.substring(0, 100) + "…" + text.length() : text;
    }
}
