// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.container.ManifestContainer;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueEndpoint;

/** Message-driven beans that {@code ejb-jar.xml} declares and {@code jboss-ejb3.xml} binds. */
public final class Beans {

    private final String resourceAdapter;
    private final List<String> declarations = new ArrayList<>();
    private final List<String> transactionAttributes = new ArrayList<>();

    private Beans(String resourceAdapter) {
        this.resourceAdapter = resourceAdapter;
    }

    /** Beans that use the default resource adapter of the server. */
    public static Beans ofDefault() {
        return new Beans(null);
    }

    /** Beans that use the resource adapter with this name. */
    public static Beans of(String resourceAdapter) {
        return new Beans(resourceAdapter);
    }

    /**
     * Declares a bean.
     *
     * @param properties further activation properties in the form {@code name=value}
     */
    public Beans consuming(String queue, Class<?> bean, String... properties) {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("queue", queue);
        for (String property : properties) {
            String[] pair = property.split("=", 2);
            configuration.put(pair[0], pair[1]);
        }
        return declare(bean, configuration);
    }

    private Beans declare(Class<?> bean, Map<String, String> configuration) {
        StringBuilder properties = new StringBuilder();
        configuration.forEach((name, value) -> properties.append("""
                <activation-config-property>
                  <activation-config-property-name>%s</activation-config-property-name>
                  <activation-config-property-value>%s</activation-config-property-value>
                </activation-config-property>
                """.formatted(name, value)));
        Class<?> type = Stream.<Class<?>>of(RedisMessageListener.class, RedisBatchListener.class)
                .filter(listener -> listener.isAssignableFrom(bean))
                .findFirst()
                .orElse(RedisQueueEndpoint.class);
        declarations.add(
                """
                <message-driven>
                  <ejb-name>%s-%d</ejb-name>
                  <ejb-class>%s</ejb-class>
                  <messaging-type>%s</messaging-type>
                  <transaction-type>Container</transaction-type>
                  <activation-config>%s</activation-config>
                </message-driven>
                """.formatted(bean.getSimpleName(), declarations.size(), bean.getName(), type.getName(), properties));
        return this;
    }

    /**
     * Sets a transaction attribute of the bean that was declared last.
     *
     * @param method the name of the method; {@code *} for all methods
     * @param attribute the attribute in the notation of {@code ejb-jar.xml}, such as {@code RequiresNew}
     */
    public Beans withTransactionAttribute(String method, String attribute) {
        String last = declarations.get(declarations.size() - 1);
        String name = last.replaceFirst("(?s).*<ejb-name>(.*?)</ejb-name>.*", "$1");
        transactionAttributes.add("""
                <container-transaction>
                  <method><ejb-name>%s</ejb-name><method-name>%s</method-name></method>
                  <trans-attribute>%s</trans-attribute>
                </container-transaction>
                """.formatted(name, method, attribute));
        return this;
    }

    /** Makes the bean that was declared last manage its own transactions. */
    public Beans managingTransactions() {
        declarations.add(declarations
                .remove(declarations.size() - 1)
                .replace("<transaction-type>Container", "<transaction-type>Bean"));
        return this;
    }

    void declareIn(WebArchive war) {
        descriptors().forEach((name, content) -> war.addAsWebInfResource(new StringAsset(content), name));
    }

    void declareIn(ManifestContainer<?> jar) {
        descriptors().forEach((name, content) -> jar.addAsManifestResource(new StringAsset(content), name));
    }

    private Map<String, String> descriptors() {
        Map<String, String> descriptors = new LinkedHashMap<>();
        if (!declarations.isEmpty()) {
            descriptors.put("ejb-jar.xml", ejbJar());
        }
        if (resourceAdapter != null) {
            descriptors.put("jboss-ejb3.xml", binding());
        }
        if (!Archives.IN_EAR.equals(resourceAdapter)) {
            descriptors.put("jboss-deployment-structure.xml", dependency());
        }
        return descriptors;
    }

    /** On WildFly, only dependent deployments see the classes of an adapter that is deployed on its own. */
    private static String dependency() {
        return """
               <jboss-deployment-structure>
                 <deployment>
                   <dependencies><module name="deployment.%s"/></dependencies>
                 </deployment>
               </jboss-deployment-structure>
               """.formatted(Archives.STANDALONE);
    }

    private String ejbJar() {
        return """
               <ejb-jar xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0">
                 <enterprise-beans>%s</enterprise-beans>
                 <assembly-descriptor>%s</assembly-descriptor>
               </ejb-jar>
               """.formatted(String.join("", declarations), String.join("", transactionAttributes));
    }

    private String binding() {
        return """
               <jboss:ejb-jar xmlns:jboss="urn:jboss:jakartaee:1.0" xmlns="https://jakarta.ee/xml/ns/jakartaee"
                   xmlns:adapter="urn:resource-adapter-binding:2.0" version="4.0">
                 <assembly-descriptor>
                   <adapter:resource-adapter-binding>
                     <ejb-name>*</ejb-name>
                     <adapter:resource-adapter-name>%s</adapter:resource-adapter-name>
                   </adapter:resource-adapter-binding>
                 </assembly-descriptor>
               </jboss:ejb-jar>
               """.formatted(resourceAdapter);
    }
}
