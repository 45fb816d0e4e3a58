// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.enterprise.inject.Instance;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.List;
import java.util.Optional;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** Finds the transaction manager of a test, among its CDI beans or in JNDI. */
final class JtaLookup {

    private static final String REGISTRY = "java:comp/TransactionSynchronizationRegistry";

    private static final List<String> MANAGERS =
            List.of("java:jboss/TransactionManager", "java:/TransactionManager", "java:comp/TransactionManager");

    private JtaLookup() {}

    /** Joins the transactions that JNDI shows. */
    static void in(QueueTransactions transactions) {
        Optional<TransactionSynchronizationRegistry> registry =
                lookUp(REGISTRY, TransactionSynchronizationRegistry.class);
        Optional<TransactionManager> manager = MANAGERS.stream()
                .flatMap(name -> lookUp(name, TransactionManager.class).stream())
                .findFirst();
        if (manager.isPresent()) {
            transactions.join(manager.get());
        } else {
            registry.ifPresent(transactions::join);
        }
    }

    /** Joins the transactions of a CDI application or, if it has none, those that JNDI shows. */
    static void in(
            QueueTransactions transactions,
            Instance<TransactionManager> managers,
            Instance<TransactionSynchronizationRegistry> registries) {
        if (managers.isResolvable()) {
            transactions.join(managers.get());
        } else if (registries.isResolvable()) {
            transactions.join(registries.get());
        } else {
            in(transactions);
        }
    }

    private static <T> Optional<T> lookUp(String name, Class<T> type) {
        try {
            Object found = InitialContext.doLookup(name);
            return type.isInstance(found) ? Optional.of(type.cast(found)) : Optional.empty();
        } catch (NamingException e) { // a unit test without JNDI
            return Optional.empty();
        }
    }
}
