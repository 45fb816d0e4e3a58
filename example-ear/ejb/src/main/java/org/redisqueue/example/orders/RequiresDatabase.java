// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.InvocationContext;

/** Makes all methods of a bean fail during a {@link DatabaseOutage}, as if its database did not answer. */
public class RequiresDatabase {

    @Inject
    private DatabaseOutage outage;

    @AroundInvoke
    Object proceedUnlessUnavailable(InvocationContext call) throws Exception {
        var secondsLeft = outage.secondsLeft();
        if (secondsLeft > 0) {
            throw new DatabaseUnavailableException(secondsLeft);
        }
        return call.proceed();
    }
}
