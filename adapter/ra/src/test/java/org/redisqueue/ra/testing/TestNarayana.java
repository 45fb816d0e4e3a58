// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import com.arjuna.ats.arjuna.AtomicAction;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.RecoveryEnvironmentBean;
import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.arjuna.common.recoveryPropertyManager;
import com.arjuna.ats.arjuna.exceptions.ObjectStoreException;
import com.arjuna.ats.arjuna.objectstore.StateStatus;
import com.arjuna.ats.arjuna.objectstore.StoreManager;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.arjuna.state.OutputObjectState;
import com.arjuna.ats.internal.arjuna.recovery.AtomicActionRecoveryModule;
import com.arjuna.ats.internal.jta.recovery.arjunacore.XARecoveryModule;
import com.arjuna.ats.internal.jta.resources.arjunacore.XAResourceRecord;
import com.arjuna.ats.internal.jta.resources.arjunacore.XAResourceRecordWrappingPlugin;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import com.arjuna.ats.jta.recovery.XAResourceRecoveryHelper;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.util.List;
import javax.transaction.xa.XAResource;
import org.jboss.tm.XAResourceWrapper;

/**
 * WildFly's transaction manager, configured as in WildFly. Its log is in target, and recovery runs when a test requests
 * it.
 */
public final class TestNarayana {

    private static final String TYPE = new AtomicAction().type();
    private static final XARecoveryModule RESOURCES;

    static {
        String store = Path.of("target", "narayana", System.getProperty("test.jvm", "jvm"))
                .toAbsolutePath()
                .toString();
        for (String name : new String[] {null, "stateStore", "communicationStore"}) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, name)
                    .setObjectStoreDir(store);
        }
        try {
            arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("test");
        } catch (CoreEnvironmentBeanException e) {
            throw new IllegalStateException(e);
        }
        jtaPropertyManager.getJTAEnvironmentBean().setXAResourceRecordWrappingPlugin(new NamesOfWrappers());
        RESOURCES = new XARecoveryModule();
        RecoveryEnvironmentBean recovery = recoveryPropertyManager.getRecoveryEnvironmentBean();
        recovery.setRecoveryListener(false);
        recovery.setRecoveryBackoffPeriod(1);
        recovery.setRecoveryModules(List.of(new AtomicActionRecoveryModule(), RESOURCES));
        RecoveryManager.manager(RecoveryManager.DIRECT_MANAGEMENT);
    }

    private TestNarayana() {}

    public static TransactionManager transactionManager() {
        return com.arjuna.ats.jta.TransactionManager.transactionManager();
    }

    /** The record of one transaction in the log. */
    public static final class Record {

        private final Uid id;
        private OutputObjectState copy;

        private Record(Uid id) {
            this.id = id;
        }

        /** The record of this thread's transaction. */
        public static Record ofCurrent() throws Exception {
            return new Record(((com.arjuna.ats.jta.transaction.Transaction)
                            transactionManager().getTransaction())
                    .get_uid());
        }

        /** Saves the current record. */
        public void copy() {
            try {
                copy = new OutputObjectState(StoreManager.getRecoveryStore().read_committed(id, TYPE));
            } catch (ObjectStoreException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Restores the saved record, as if the server had died when it was saved. */
        public void putBack() throws ObjectStoreException {
            StoreManager.getRecoveryStore().write_committed(id, TYPE, copy);
        }

        public boolean exists() throws ObjectStoreException {
            return StoreManager.getRecoveryStore().currentState(id, TYPE) != StateStatus.OS_UNKNOWN;
        }

        public void remove() throws ObjectStoreException {
            if (exists()) {
                StoreManager.getRecoveryStore().remove_committed(id, TYPE);
            }
        }
    }

    /** One pass of recovery over the log, with these XAResources of servers that are running again. */
    public static void recover(XAResource... resources) {
        XAResourceRecoveryHelper deployed = new Deployed(resources);
        RESOURCES.addXAResourceRecoveryHelper(deployed);
        try {
            RecoveryManager.manager().scan();
        } finally {
            RESOURCES.removeXAResourceRecoveryHelper(deployed);
        }
    }

    private record Deployed(XAResource... resources) implements XAResourceRecoveryHelper {

        @Override
        public boolean initialise(String parameters) {
            return true;
        }

        @Override
        public XAResource[] getXAResources() {
            return resources;
        }
    }

    /** Writes names to the log like WildFly's plugin. */
    private static final class NamesOfWrappers implements XAResourceRecordWrappingPlugin {

        @Override
        public void transcribeWrapperData(XAResourceRecord entry) {
            if (entry.value() instanceof XAResourceWrapper named) {
                entry.setProductName(named.getProductName());
                entry.setProductVersion(named.getProductVersion());
                entry.setJndiName(named.getJndiName());
            }
        }

        @Override
        public Integer getEISName(XAResource resource) {
            return 0;
        }

        @Override
        public String getEISName(Integer number) {
            return "";
        }
    }
}
