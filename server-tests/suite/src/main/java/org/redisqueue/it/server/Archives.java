// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.hamcrest.Matcher;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.ResourceAdapterArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.RedisMessage;
import org.redisqueue.it.app.Queue;
import org.redisqueue.ra.testing.OtherResource;
import org.redisqueue.ra.testing.RespConnection;

/** Creates the archives to deploy. */
public final class Archives {

    /** The name of the resource adapter for beans in the same EAR. */
    public static final String IN_EAR = "#redis-queue.rar";

    /** The name of a resource adapter that is deployed on its own. */
    public static final String STANDALONE = "redis-queue.rar";

    /** The archive under test. */
    public static final File RAR = new File("target/redis-queue.rar");

    /** The CDI extension, to be added to the libraries of an application. */
    public static final File CDI_EXTENSION = new File("target/redis-queue-cdi.jar");

    /** The console, which answers at {@code /redis-queue}. */
    public static final File CONSOLE = new File("target/redis-queue-console.war");

    /** The example application. */
    public static final Path EXAMPLE = Path.of("target", "order-desk.ear").toAbsolutePath();

    private static final String INCLUDE = "--@include ";

    private Archives() {}

    /** The libraries that an EAR needs next to the CDI extension if its libraries do not see the adapter in it. */
    public static File[] neededByExtensionInEar() {
        return TestedServer.current().kind().earLibrariesSeeAdapter()
                ? new File[0]
                : new File[] {jarOf(RedisMessage.class)};
    }

    /** The JAR that contains a class. */
    public static File jarOf(Class<?> type) {
        return new File(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    /** The archive under test, unchanged. */
    public static ResourceAdapterArchive rar() {
        return ShrinkWrap.create(ResourceAdapterArchive.class, "redis-queue.rar")
                .as(ZipImporter.class)
                .importFrom(RAR)
                .as(ResourceAdapterArchive.class);
    }

    /** The console, unchanged. */
    public static WebArchive console() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, CONSOLE);
    }

    /** The SHA-1 digest of a script in the archive under test, with which a client asks Redis to run it. */
    public static String script(String name) {
        try {
            byte[] source = source(name).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A script with its included fragments. */
    private static String source(String name) throws IOException {
        String path = "org/redisqueue/ra/protocol/" + name + ".lua";
        try (ZipFile rar = new ZipFile(RAR)) {
            ZipEntry classes = rar.stream()
                    .filter(entry -> entry.getName().matches("redis-queue-ra-.*\\.jar"))
                    .findFirst()
                    .orElseThrow();
            ZipInputStream jar = new ZipInputStream(rar.getInputStream(classes));
            while (!jar.getNextEntry().getName().equals(path)) {
                jar.closeEntry();
            }
            StringBuilder source = new StringBuilder();
            for (String line : new String(jar.readAllBytes(), StandardCharsets.UTF_8).split("(?<=\n)")) {
                source.append(
                        line.startsWith(INCLUDE)
                                ? source(line.substring(INCLUDE.length()).strip())
                                : line);
            }
            return source.toString();
        }
    }

    /** The archive under test with a different {@code ironjacamar.xml}, as an administrator would change it. */
    public static ResourceAdapterArchive rar(Map<String, String> properties) {
        StringBuilder set = new StringBuilder();
        properties.forEach((name, value) ->
                set.append("<config-property name=\"%s\">%s</config-property>".formatted(name, value)));
        String descriptor = """
                <ironjacamar xmlns="http://www.ironjacamar.org/doc/schema">
                  %s
                  <transaction-support>XATransaction</transaction-support>
                  <connection-definitions>
                    <connection-definition class-name="org.redisqueue.ra.outbound.RedisManagedConnectionFactory"
                        jndi-name="java:/eis/RedisQueue" pool-name="RedisQueue" enabled="true" use-java-context="true">
                      <xa-pool><wrap-xa-resource>false</wrap-xa-resource></xa-pool>
                      <recovery><recover-credential>
                        <user-name>as-configured</user-name><password>as-configured</password>
                      </recover-credential></recovery>
                    </connection-definition>
                  </connection-definitions>
                </ironjacamar>
                """.formatted(set);
        ResourceAdapterArchive rar = rar();
        rar.delete("META-INF/ironjacamar.xml");
        return rar.addAsManifestResource(new StringAsset(descriptor), "ironjacamar.xml");
    }

    /** An archive with the resource adapter and an application. */
    public static EnterpriseArchive ear(ResourceAdapterArchive rar, WebArchive application) {
        return ear("application.ear", rar, application);
    }

    /** An archive of this name with the resource adapter and an application. */
    public static EnterpriseArchive ear(String name, ResourceAdapterArchive rar, WebArchive application) {
        return ShrinkWrap.create(EnterpriseArchive.class, name)
                .addAsModule(rar)
                .addAsModule(application)
                .addAsManifestResource(new StringAsset(connectionFactory(name)), "glassfish-resources.xml");
    }

    /** Payara and GlassFish: the connection factory of the adapter in the EAR. */
    private static String connectionFactory(String ear) {
        return """
               <!DOCTYPE resources PUBLIC "-//GlassFish.org//DTD GlassFish Application Server 3.1 Resource Definitions//EN"
                   "http://glassfish.org/dtds/glassfish-resources_1_5.dtd">
               <resources>
                 <connector-resource jndi-name="java:app/eis/RedisQueue" pool-name="java:app/RedisQueuePool"/>
                 <connector-connection-pool name="java:app/RedisQueuePool" transaction-support="XATransaction"
                     resource-adapter-name="%s#redis-queue"
                     connection-definition-name="org.redisqueue.RedisQueueConnectionFactory"/>
               </resources>
               """.formatted(ear.replaceFirst("\\.ear$", ""));
    }

    /** A web application with these beans and their dependencies. */
    public static WebArchive war(Beans beans) {
        return war("application.war", beans);
    }

    /** A web application of this name with these beans and their dependencies. */
    public static WebArchive war(String name, Beans beans) {
        WebArchive war = ShrinkWrap.create(WebArchive.class, name)
                .addPackage(Queue.class.getPackage())
                .addClasses(OtherResource.class, RespConnection.class);
        beans.declareIn(war);
        return war;
    }

    /** Enables CDI. */
    public static WebArchive withCdi(WebArchive war) {
        return war.addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml");
    }

    /** Adds a test that runs in the server, and its libraries. */
    public static WebArchive with(Class<?> test, WebArchive war) {
        for (Class<?> library : new Class<?>[] {Assertions.class, Awaitility.class, Matcher.class}) {
            war.addAsLibrary(jarOf(library));
        }
        return war.addClass(test);
    }

    /** An EJB JAR with these beans and their dependencies. */
    public static JavaArchive jar(Beans beans) {
        JavaArchive jar = ShrinkWrap.create(JavaArchive.class, "beans.jar")
                .addPackage(Queue.class.getPackage())
                .addClasses(OtherResource.class, RespConnection.class);
        beans.declareIn(jar);
        return jar;
    }
}
