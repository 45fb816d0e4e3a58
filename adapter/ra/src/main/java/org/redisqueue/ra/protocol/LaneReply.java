// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The reply to a call in a lane. {@code lane.lua} and {@code settle.lua} define it.
 *
 * @param code what Redis has done
 * @param redisSeconds the Redis time in seconds; 0 if the reply does not contain it
 * @param report what the script reports
 */
record LaneReply(int code, long redisSeconds, List<Object> report) {

    static final int EXECUTED = 0;
    static final int REPEATED = 1;
    static final int FENCED = 2;
    static final int CONFLICT = 3;
    static final int STALE = 4;
    static final int LATE = 5;

    static LaneReply of(List<Object> reply) {
        String time = reply.size() > 1 ? new String((byte[]) reply.get(1), StandardCharsets.US_ASCII) : "";
        return new LaneReply(
                ((Long) reply.get(0)).intValue(),
                time.isEmpty() ? 0 : Long.parseLong(time),
                reply.size() > 2 ? Reply.list(reply.get(2)) : List.of());
    }
}
