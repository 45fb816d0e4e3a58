// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Decodes the replies of scripts. */
final class Reply {

    private static final long MAX_DELIVERIES = 1_000_000;

    private Reply() {}

    @SuppressWarnings("unchecked")
    static List<Object> list(Object reply) {
        return (List<Object>) reply;
    }

    static List<String> texts(List<Object> reply) {
        return reply.stream().map(Reply::text).toList();
    }

    static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }

    static int integer(Object reply) {
        return Math.toIntExact((Long) reply);
    }

    /** A number of deliveries. An invalid one must not prevent the delivery of the other messages in the reply. */
    static int count(Object reply) {
        return (int) Math.max(0, Math.min(MAX_DELIVERIES, (Long) reply));
    }

    /** The leases whose members of processing the reply contains. */
    static List<Lease> named(List<Lease> leases, List<Object> members) {
        if (members.isEmpty()) {
            return List.of();
        }
        Set<String> names = new HashSet<>(texts(members));
        return leases.stream().filter(lease -> names.contains(lease.member())).toList();
    }
}
