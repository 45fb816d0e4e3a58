// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.testing.TestNarayana;

class BranchOwnerTest {

    @Test
    void narayanaEncodesItsNodeIdentifier() throws Exception {
        AtomicReference<Xid> begun = new AtomicReference<>();
        XAResource resource = (XAResource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {XAResource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        begun.set((Xid) arguments[0]);
                    }
                    return switch (method.getName()) {
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> 1;
                        case "toString" -> "resource";
                        case "isSameRM", "setTransactionTimeout" -> false;
                        case "getTransactionTimeout", "prepare" -> 0;
                        default -> null;
                    };
                });
        TestNarayana.transactionManager().begin();
        TestNarayana.transactionManager().getTransaction().enlistResource(resource);
        TestNarayana.transactionManager().rollback();

        Xid xid = begun.get();
        String branch = HexFormat.of().toHexDigits(xid.getFormatId()) + "-"
                + HexFormat.of().formatHex(xid.getGlobalTransactionId()) + "-"
                + HexFormat.of().formatHex(xid.getBranchQualifier());

        assertThat(BranchOwner.of(branch)).contains("test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "local", "00020005-aabb-cc", "00000001-aabb-cc"})
    void otherBranchesHaveNoKnownOwner(String branch) {
        assertThat(BranchOwner.of(branch)).isEmpty();
    }
}
