// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

/** A failure that one sentence explains to the user. It has no stack trace, which would only hide the sentence. */
public final class LaunchFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LaunchFailure(String sentence) {
        super(sentence, null, false, false);
    }
}
