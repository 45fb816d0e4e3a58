// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import java.util.concurrent.Callable;

/** A session bean that does what a test says in a container transaction of its own. */
@Stateless
public class Transactions {

    /** Rolls a transaction back without having failed. */
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
