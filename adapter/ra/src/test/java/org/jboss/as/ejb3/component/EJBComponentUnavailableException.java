// SPDX-License-Identifier: Apache-2.0
package org.jboss.as.ejb3.component;

import jakarta.ejb.EJBException;

/** Stands in for WildFly's exception, which the adapter recognizes by its name. */
public final class EJBComponentUnavailableException extends EJBException {

    private static final long serialVersionUID = 1L;

    public EJBComponentUnavailableException(String message) {
        super(message);
    }
}
