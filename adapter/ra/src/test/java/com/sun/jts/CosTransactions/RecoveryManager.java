// SPDX-License-Identifier: Apache-2.0
package com.sun.jts.CosTransactions;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** Calls an XAResource as the class of this name on Payara and GlassFish does. */
public final class RecoveryManager {

    private RecoveryManager() {}

    /** Recovers as when the server starts. */
    public static Xid[] recover(XAResource resource) throws XAException {
        return resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
    }

    /** Recovers later, for transactions whose second phase has failed. */
    public static Xid[] recoverIncompleteTx(XAResource resource) throws XAException {
        return resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
    }
}
