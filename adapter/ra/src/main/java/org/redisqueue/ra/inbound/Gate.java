// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

/**
 * Whether a dispatcher claims and delivers messages.
 *
 * <p>Not thread-safe.
 */
final class Gate {

    private enum State {
        OPEN,
        /** Claims and delivers no messages until it is resumed. */
        PAUSED,
        /** Claims and delivers no further messages. */
        STOPPED
    }

    private State state = State.OPEN;

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isStopped() {
        return state == State.STOPPED;
    }

    /** Pauses. Returns whether this changes anything. */
    boolean pause() {
        return change(State.OPEN, State.PAUSED);
    }

    /** Ends a pause. Returns whether there was one. */
    boolean resume() {
        return change(State.PAUSED, State.OPEN);
    }

    void stop() {
        state = State.STOPPED;
    }

    private boolean change(State from, State to) {
        boolean changes = state == from;
        if (changes) {
            state = to;
        }
        return changes;
    }
}
