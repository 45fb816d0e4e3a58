// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import jakarta.enterprise.context.RequestScoped;

/** A bean that requires an active request context. */
@RequestScoped
public class RequestNote {

    private String text;

    public void set(String value) {
        text = value;
    }

    public String get() {
        return text;
    }
}
