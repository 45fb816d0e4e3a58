// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

/**
 * A failure that is explained to the user in one sentence. It has no stack trace, which would only distract from that
 * sentence.
 */
public final class LaunchFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LaunchFailure(String sentence) {
        super(sentence, null, false, false);
    }
}
