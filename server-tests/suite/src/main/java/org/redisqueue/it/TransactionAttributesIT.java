// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.attributes.BeanManagedListener;
import org.redisqueue.it.app.attributes.InterceptedEndpoint;
import org.redisqueue.it.app.attributes.NeverMethodListener;
import org.redisqueue.it.app.attributes.PlainEndpoint;
import org.redisqueue.it.app.attributes.PlainListener;
import org.redisqueue.it.app.attributes.RequiresNewListener;
import org.redisqueue.it.app.attributes.RequiresNewMethodEndpoint;
import org.redisqueue.it.app.attributes.SupportsEndpoint;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.ra.testing.TestRedis;

/**
 * The deployment of a message-driven bean fails if its work would not be part of the delivery's transaction.
 *
 * <p>WildFly keeps a bean whose activation has failed, and can then no longer be suspended, resumed or reloaded. Tests that do
 * so have the tag {@code alone}, and run in another server.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@Adapter(Adapter.Deployment.STANDALONE)
class TransactionAttributesIT {

    private static final String INTERFACE_CLASS = "attributes-interface-class";
    private static final String INTERFACE_METHOD = "attributes-interface-method";
    private static final String ANNOTATED_CLASS = "attributes-annotated-class";
    private static final String ANNOTATED_METHOD = "attributes-annotated-method";
    private static final String INTERCEPTED = "attributes-intercepted";
    private static final String INTERFACE_DESCRIPTOR = "attributes-interface-descriptor";
    private static final String INTERFACE_METHOD_DESCRIPTOR = "attributes-interface-method-descriptor";
    private static final String ANNOTATED_DESCRIPTOR = "attributes-annotated-descriptor";
    private static final String ANNOTATED_METHOD_DESCRIPTOR = "attributes-annotated-method-descriptor";
    private static final String ALLOWED = "attributes-allowed";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @ArquillianResource
    private Deployer deployer;

    @Deployment(name = INTERFACE_CLASS, managed = false)
    static WebArchive interfaceClass() {
        return war(INTERFACE_CLASS, beans(INTERFACE_CLASS, RequiresNewListener.class));
    }

    @Deployment(name = INTERFACE_METHOD, managed = false)
    static WebArchive interfaceMethod() {
        return war(INTERFACE_METHOD, beans(INTERFACE_METHOD, NeverMethodListener.class));
    }

    @Deployment(name = ANNOTATED_CLASS, managed = false)
    static WebArchive annotatedClass() {
        return war(ANNOTATED_CLASS, beans(ANNOTATED_CLASS, SupportsEndpoint.class));
    }

    @Deployment(name = ANNOTATED_METHOD, managed = false)
    static WebArchive annotatedMethod() {
        return war(ANNOTATED_METHOD, beans(ANNOTATED_METHOD, RequiresNewMethodEndpoint.class));
    }

    @Deployment(name = INTERCEPTED, managed = false)
    static WebArchive intercepted() {
        return war(INTERCEPTED, beans(INTERCEPTED, InterceptedEndpoint.class));
    }

    @Deployment(name = INTERFACE_DESCRIPTOR, managed = false)
    static WebArchive interfaceDescriptor() {
        return war(
                INTERFACE_DESCRIPTOR,
                beans(INTERFACE_DESCRIPTOR, PlainListener.class).withTransactionAttribute("*", "RequiresNew"));
    }

    @Deployment(name = INTERFACE_METHOD_DESCRIPTOR, managed = false)
    static WebArchive interfaceMethodDescriptor() {
        return war(
                INTERFACE_METHOD_DESCRIPTOR,
                beans(INTERFACE_METHOD_DESCRIPTOR, PlainListener.class)
                        .withTransactionAttribute("onMessage", "RequiresNew"));
    }

    @Deployment(name = ANNOTATED_DESCRIPTOR, managed = false)
    static WebArchive annotatedDescriptor() {
        return war(
                ANNOTATED_DESCRIPTOR,
                beans(ANNOTATED_DESCRIPTOR, PlainEndpoint.class).withTransactionAttribute("*", "RequiresNew"));
    }

    @Deployment(name = ANNOTATED_METHOD_DESCRIPTOR, managed = false)
    static WebArchive annotatedMethodDescriptor() {
        return war(
                ANNOTATED_METHOD_DESCRIPTOR,
                beans(ANNOTATED_METHOD_DESCRIPTOR, PlainEndpoint.class).withTransactionAttribute("take", "Mandatory"));
    }

    @Deployment(name = ALLOWED, managed = false)
    static WebArchive allowed() {
        return war(
                ALLOWED,
                beans("attributes.required", PlainListener.class)
                        .withTransactionAttribute("*", "Required")
                        .consuming("attributes.not-supported", PlainEndpoint.class)
                        .withTransactionAttribute("take", "NotSupported")
                        .consuming("attributes.bean-managed", BeanManagedListener.class, "redeliveryDelay=50")
                        .managingTransactions());
    }

    private static Beans beans(String queue, Class<?> bean) {
        return Beans.of(Archives.STANDALONE).consuming(queue, bean);
    }

    private static WebArchive war(String name, Beans beans) {
        return Archives.war(name + ".war", beans).addPackage(PlainListener.class.getPackage());
    }

    @Test
    void attributeOfTheClassWithTheListenerInterfaceIsRefused() {
        refuses(INTERFACE_CLASS);
    }

    @Test
    void attributeOfTheMethodWithTheListenerInterfaceIsRefused() {
        refuses(INTERFACE_METHOD);
    }

    @Test
    void attributeOfTheClassWithAnAnnotatedMethodIsRefused() {
        refuses(ANNOTATED_CLASS);
    }

    @Test
    void attributeOfAnAnnotatedMethodIsRefused() {
        refuses(ANNOTATED_METHOD);
    }

    @Test
    void interceptorWithItsOwnTransactionIsRefused() {
        refuses(INTERCEPTED);
    }

    @Test
    void descriptorForAllMethodsWithTheListenerInterfaceIsRefused() {
        refuses(INTERFACE_DESCRIPTOR);
    }

    @Test
    void descriptorForTheMethodWithTheListenerInterfaceIsRefused() {
        refuses(INTERFACE_METHOD_DESCRIPTOR);
    }

    @Test
    void descriptorForAllMethodsWithAnAnnotatedMethodIsRefused() {
        refuses(ANNOTATED_DESCRIPTOR);
    }

    @Test
    void descriptorForAnAnnotatedMethodIsRefused() {
        refuses(ANNOTATED_METHOD_DESCRIPTOR);
    }

    @Test
    void allowedAttributesAndBeanManagedTransactionsConsume() {
        deployer.deploy(ALLOWED);
        try {
            for (String name : new String[] {"attributes.required", "attributes.not-supported"}) {
                Queue queue = queue(name);
                String id = queue.push("payload");
                await().atMost(PATIENCE).until(() -> !queue.exists(id));
                assertThat(queue.dead()).isEmpty();
            }
            Queue queue = queue("attributes.bean-managed");
            Queue done = queue("attributes.bean-managed.done");
            String id = queue.push("payload");
            await().atMost(PATIENCE).until(() -> !queue.exists(id));
            assertThat(done.bodies()).containsExactly("delivery 2");
        } finally {
            deployer.undeploy(ALLOWED);
        }
    }

    /** Some servers reject some attributes themselves, and not all servers report the reason to the client. */
    private void refuses(String deployment) {
        Throwable failure = catchThrowable(() -> deployer.deploy(deployment));
        if (failure == null) {
            deployer.undeploy(deployment);
        }
        assertThat(failure).as("deployment failure").isNotNull();
    }

    private static Queue queue(String name) {
        return new Queue(TestRedis.shared()::call, name);
    }
}
