// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.ResourceAdapterArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.benchmark.app.BatchListener;
import org.redisqueue.benchmark.app.JmsListener;
import org.redisqueue.benchmark.app.RedisListener;
import org.redisqueue.benchmark.app.Work;

/** The application to deploy: the resource adapter with a listener for each measured kind of work on each broker. */
final class Application {

    private final int listeners;
    private final StringBuilder beans = new StringBuilder();
    private final StringBuilder bindings = new StringBuilder();

    private Application(int listeners) {
        this.listeners = listeners;
    }

    /** The application with this number of concurrent listeners for each queue. */
    static EnterpriseArchive of(int listeners, List<Work> works, Path directory) {
        Application application = new Application(listeners);
        for (Work work : works) {
            application.redis(work.queue(Work.REDIS), RedisListener.class, "org.redisqueue.RedisMessageListener");
            application.jms(work.queue(Work.EMBEDDED), "activemq-ra");
            application.jms(work.queue(Work.REMOTE), "remote-artemis");
            if (work == Work.NOTHING || work.hasRow()) {
                application.redis(work.queue(Work.BATCH), BatchListener.class, "org.redisqueue.RedisBatchListener");
            }
        }
        WebArchive war = ShrinkWrap.create(WebArchive.class, "application.war")
                .addPackage(Work.class.getPackage())
                .addAsWebInfResource(new StringAsset("<beans bean-discovery-mode=\"annotated\"/>"), "beans.xml")
                .addAsWebInfResource(new StringAsset(application.ejbJar()), "ejb-jar.xml")
                .addAsWebInfResource(new StringAsset(application.binding()), "jboss-ejb3.xml");
        return ShrinkWrap.create(EnterpriseArchive.class, "benchmark.ear")
                .addAsModule(ShrinkWrap.create(ResourceAdapterArchive.class, "redis-queue.rar")
                        .as(ZipImporter.class)
                        .importFrom(directory.resolve("redis-queue.rar").toFile())
                        .as(ResourceAdapterArchive.class))
                .addAsModule(war)
                .addAsLibrary(directory.resolve("redis-queue-cdi.jar").toFile());
    }

    private void redis(String queue, Class<?> bean, String type) {
        declare(
                queue,
                bean,
                type,
                "#redis-queue.rar",
                Map.of("queue", queue, "maxConcurrency", Integer.toString(listeners)));
    }

    private void jms(String queue, String adapter) {
        declare(
                queue,
                JmsListener.class,
                "jakarta.jms.MessageListener",
                adapter,
                Map.of(
                        "destinationType",
                        "jakarta.jms.Queue",
                        "destination",
                        "java:/jms/queue/" + queue,
                        "maxSession",
                        Integer.toString(listeners)));
    }

    private void declare(String queue, Class<?> bean, String type, String adapter, Map<String, String> configuration) {
        StringBuilder properties = new StringBuilder();
        configuration.forEach((name, value) -> properties.append("""
                <activation-config-property>
                  <activation-config-property-name>%s</activation-config-property-name>
                  <activation-config-property-value>%s</activation-config-property-value>
                </activation-config-property>
                """.formatted(name, value)));
        beans.append("""
                <message-driven>
                  <ejb-name>%s</ejb-name>
                  <ejb-class>%s</ejb-class>
                  <messaging-type>%s</messaging-type>
                  <transaction-type>Container</transaction-type>
                  <activation-config>%s</activation-config>
                </message-driven>
                """.formatted(queue, bean.getName(), type, properties));
        bindings.append("""
                <adapter:resource-adapter-binding>
                  <ejb-name>%s</ejb-name>
                  <adapter:resource-adapter-name>%s</adapter:resource-adapter-name>
                </adapter:resource-adapter-binding>
                """.formatted(queue, adapter));
    }

    private String ejbJar() {
        return """
               <ejb-jar xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0">
                 <enterprise-beans>%s</enterprise-beans>
               </ejb-jar>
               """.formatted(beans);
    }

    private String binding() {
        return """
               <jboss:ejb-jar xmlns:jboss="urn:jboss:jakartaee:1.0" xmlns="https://jakarta.ee/xml/ns/jakartaee"
                   xmlns:adapter="urn:resource-adapter-binding:2.0" version="4.0">
                 <assembly-descriptor>%s</assembly-descriptor>
               </jboss:ejb-jar>
               """.formatted(bindings);
    }
}
