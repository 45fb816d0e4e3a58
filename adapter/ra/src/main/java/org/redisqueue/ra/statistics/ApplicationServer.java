// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Function;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** Finds out which application server this process is. */
final class ApplicationServer {

    private static final String UNKNOWN = "unknown";

    private ApplicationServer() {}

    /** Returns the product and, if it can be found, the version; otherwise the main class of the process. */
    static String describe() {
        return describe(System::getProperty);
    }

    static String describe(Function<String, @Nullable String> properties) {
        if (properties.apply("jboss.home.dir") != null) {
            return wildFly();
        }
        String liberty = properties.apply("wlp.install.dir");
        if (liberty != null) {
            return liberty(Path.of(liberty));
        }
        String glassFish = properties.apply("glassfish.version");
        if (glassFish != null && !glassFish.isBlank()) {
            return glassFish.replaceAll("\\s+", " ").strip();
        }
        if (properties.apply("com.sun.aas.installRoot") != null) {
            return "GlassFish";
        }
        return mainClass(properties.apply("sun.java.command"));
    }

    private static String wildFly() {
        try {
            MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
            ObjectName root = new ObjectName("jboss.as:management-root=server");
            return beans.getAttribute(root, "productName") + " " + beans.getAttribute(root, "productVersion");
        } catch (JMException | RuntimeException e) {
            return "WildFly"; // the server may not provide management beans
        }
    }

    private static String liberty(Path directory) {
        for (String file : new String[] {"WebSphereApplicationServer.properties", "openliberty.properties"}) {
            Path versions = directory.resolve("lib/versions").resolve(file);
            try (InputStream in = Files.newInputStream(versions)) {
                Properties product = new Properties();
                product.load(in);
                return product.getProperty("com.ibm.websphere.productName", "Liberty") + " "
                        + product.getProperty("com.ibm.websphere.productVersion", "");
            } catch (IOException | RuntimeException e) {
                // the other file describes the product
            }
        }
        return "Liberty";
    }

    /** Returns the main class without its arguments, which may be confidential. */
    private static String mainClass(@Nullable String command) {
        if (command == null || command.isBlank()) {
            return UNKNOWN;
        }
        String main = command.strip().split("\\s+", 2)[0];
        return main.substring(Math.max(main.lastIndexOf('/'), main.lastIndexOf('\\')) + 1);
    }
}
