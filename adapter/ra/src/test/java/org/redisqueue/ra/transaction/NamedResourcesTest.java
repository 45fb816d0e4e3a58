// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.Serializable;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jboss.tm.XAResourceWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.testing.TestProperties;

class NamedResourcesTest {

    private static final Xid XID = BranchXid.parse("00000001-01-02").orElseThrow();

    private final ResourceManager manager = ResourceManager.acquire(TestProperties.at("redis://127.0.0.1:1"));
    private final NamedResources names = NamedResources.of(this);
    private final RedisXAResource resource = new RedisXAResource(manager);

    @AfterEach
    void release() {
        manager.release();
    }

    @Test
    void nameIdentifiesRedis() {
        assertThat(names.named(resource)).isInstanceOfSatisfying(XAResourceWrapper.class, named -> {
            assertThat(named.getJndiName()).isEqualTo(manager.client().name());
            assertThat(named.getProductName()).isEqualTo("Redis");
            assertThat(named.getProductVersion()).isNotEmpty();
            assertThat(named.getResource()).isSameAs(resource);
        });
        assertThat(names.named(resource)).hasToString(resource.toString());
    }

    @Test
    void containerWithoutTheInterfaceGetsTheUnnamedResource() {
        assertThat(NamedResources.of("of the JDK").named(resource)).isSameAs(resource);
    }

    @Test
    void namedResourceDelegatesEveryCall() throws XAException {
        XAResource named = names.named(resource);

        named.start(XID, XAResource.TMNOFLAGS);
        assertThat(resource.current()).isPresent();
        named.end(XID, XAResource.TMSUCCESS);
        assertThat(resource.current()).isEmpty();
        assertThat(named.prepare(XID)).isEqualTo(XAResource.XA_RDONLY);

        assertThatExceptionOfType(XAException.class)
                .isThrownBy(() -> named.prepare(XID))
                .matches(e -> e.errorCode == XAException.XAER_NOTA);
    }

    @Test
    void resourcesOfOneRedisAreTheSameResourceManager() throws XAException {
        ResourceManager another = ResourceManager.acquire(TestProperties.at("redis://127.0.0.1:2"));
        try {
            XAResource named = names.named(resource);
            assertThat(named.isSameRM(names.named(new RedisXAResource(manager))))
                    .isTrue();
            assertThat(named.isSameRM(resource)).isTrue();
            assertThat(named.isSameRM(names.named(new RedisXAResource(another))))
                    .isFalse();
            assertThat(named.isSameRM(NamedResources.of(this).named(resource)))
                    .as("of the adapter and of a connection factory")
                    .isTrue();
            assertThat(named.isSameRM(null)).isFalse();
        } finally {
            another.release();
        }
    }

    @Test
    void namedResourceIsNotSerializable() {
        assertThat(names.named(resource)).isNotInstanceOf(Serializable.class);
    }

    @Test
    void namedResourceEqualsOnlyItself() {
        XAResource named = names.named(resource);
        assertThat(named).isEqualTo(named).hasSameHashCodeAs(named).isNotEqualTo(resource);
        assertThat(named.equals(null)).isFalse();
        assertThat(named).isNotEqualTo(names.named(new RedisXAResource(manager)));
    }
}
