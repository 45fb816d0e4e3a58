// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InterceptorBinding;
import jakarta.interceptor.InvocationContext;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.redisqueue.it.app.Calls;

/** Binds the interceptor of the tests. */
@InterceptorBinding
@Retention(RUNTIME)
@Target({TYPE, METHOD})
public @interface Stamped {

    /** Records each call, and prefixes the body with a stamp. */
    @Stamped
    @Interceptor
    @Priority(Interceptor.Priority.APPLICATION)
    class Stamp {

        @AroundInvoke
        Object around(InvocationContext call) throws Exception {
            Calls.record("intercepted", call.getMethod().getName());
            call.setParameters(new Object[] {"stamped " + call.getParameters()[0]});
            return call.proceed();
        }
    }
}
