// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.ejb.ApplicationException;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import java.lang.reflect.Method;
import java.rmi.RemoteException;

/**
 * The rules of a message-driven bean. An application exception does not roll back the transaction unless it says so
 * (Jakarta Enterprise Beans 4.0, 9.3.4).
 */
record EnterpriseTransactions(boolean transacted) implements TransactionRules {

    /** Reads the annotations of a bean and of the method that runs. */
    static EnterpriseTransactions of(Class<?> bean, Method method) {
        TransactionManagement management = bean.getAnnotation(TransactionManagement.class);
        boolean beanManaged = management != null && management.value() == TransactionManagementType.BEAN;
        return new EnterpriseTransactions(!beanManaged && isRequired(method));
    }

    private static boolean isRequired(Method method) {
        TransactionAttribute attribute = method.getAnnotation(TransactionAttribute.class);
        if (attribute == null) {
            attribute = method.getDeclaringClass().getAnnotation(TransactionAttribute.class);
        }
        return attribute == null || attribute.value() == TransactionAttributeType.REQUIRED;
    }

    @Override
    public boolean commitsDespite(Throwable thrown) {
        for (Class<?> type = thrown.getClass(); type != Throwable.class; type = type.getSuperclass()) {
            ApplicationException annotation = type.getDeclaredAnnotation(ApplicationException.class);
            if (annotation != null && (annotation.inherited() || type == thrown.getClass())) {
                return !annotation.rollback();
            } else if (annotation != null) {
                break;
            }
        }
        return thrown instanceof Exception
                && !(thrown instanceof RuntimeException)
                && !(thrown instanceof RemoteException);
    }
}
