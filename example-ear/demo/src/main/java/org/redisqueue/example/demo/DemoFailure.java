// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

/** Ends the demo with one sentence for the user; where in the code it comes from would only hide it. */
public final class DemoFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DemoFailure(String sentence) {
        super(sentence, null, false, false);
    }
}
