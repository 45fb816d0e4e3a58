// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import java.util.concurrent.Callable;

/** A session bean that runs actions of a test in a new container transaction. */
@Stateless
public class Transactions {

    /** Rolls back a transaction without indicating a failure. */
    public static final class Undo extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public <T> T committing(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
