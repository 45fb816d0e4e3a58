// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.glassfish;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.LaunchFailure;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.server.ServerUser;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * A Payara or GlassFish domain outside of the installation directory. It listens only on the loopback interface and
 * recovers transactions.
 */
public final class Domain {

    private static final String NAME = "domain";
    private static final String CONFIG = "/domain/configs/config[@name='server-config']";
    private static final String JMS = "jms/__defaultConnectionFactory";

    private final Path home;
    private final Path parent;
    private int adminPort;

    /**
     * @param home the installation directory, which is not modified
     * @param parent the directory in which the domain directory is created
     */
    public Domain(Path home, Path parent) {
        this.home = home.toAbsolutePath();
        this.parent = parent.toAbsolutePath();
    }

    /** The domain directory, which the server knows as {@code com.sun.aas.instanceRoot}. */
    public Path directory() {
        return parent.resolve(NAME);
    }

    private Path configuration() {
        return directory().resolve("config/domain.xml");
    }

    /** Creates the domain with default settings, without a password and without a welcome page. Replaces an existing domain. */
    public void create() throws IOException, InterruptedException {
        Directories.delete(directory());
        Files.createDirectories(parent);
        // The server checks its ports when it starts. This port base only keeps them from colliding with each other.
        asadmin(
                "create-domain",
                "--domaindir",
                parent.toString(),
                "--nopassword=true",
                "--checkports=false",
                "--portbase",
                "20000",
                NAME);
        Files.delete(directory().resolve("docroot/index.html"));
    }

    /** Whether an installation includes the H2 database, as Payara's does. */
    static boolean includesH2(Path home) {
        return Files.exists(includedH2(home));
    }

    /** The H2 driver of an installation that includes it. */
    static Path includedH2(Path home) {
        return home.resolve("h2db/bin/h2.jar");
    }

    /**
     * Configures the ports and transaction recovery. The server must not be running. Disables services that the demo
     * and the tests do not need, such as JMS, remote beans and clustering.
     *
     * @param httpPort the port of web applications
     * @param serverName identifies the server's transactions, and must be unique among all servers
     * @param transactionLog the directory of the transaction log
     */
    public void configure(int httpPort, String serverName, Path transactionLog) throws IOException {
        adminPort = Ports.free();
        try {
            var document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(configuration().toFile());
            for (var listener : elements(document, CONFIG + "//network-listener")) {
                listener.setAttribute("address", "127.0.0.1");
                switch (listener.getAttribute("name")) {
                    case "http-listener-1" -> listener.setAttribute("port", "" + httpPort);
                    case "admin-listener" -> listener.setAttribute("port", "" + adminPort);
                    default -> listener.setAttribute("enabled", "false");
                }
            }
            for (var other : elements(
                    document,
                    CONFIG
                            + "//*[self::iiop-listener[@security-enabled='true'] or self::jmx-connector or self::hazelcast-config-specific-configuration]")) {
                other.setAttribute("enabled", "false");
            }
            for (var beans : elements(document, CONFIG + "//iiop-listener[not(@security-enabled='true')]")) {
                beans.setAttribute("address", "127.0.0.1");
                beans.setAttribute("port", "0");
            }
            messaging(document).setAttribute("type", "DISABLED");
            for (var unused : elements(
                    document,
                    "//*[@jndi-name='%s' or @ref='%s' or @name='%s-Connection-Pool']".formatted(JMS, JMS, JMS))) {
                unused.getParentNode().removeChild(unused);
            }
            for (var transactions : elements(document, CONFIG + "/transaction-service")) {
                transactions.setAttribute("automatic-recovery", "true");
                transactions.setAttribute("tx-log-dir", transactionLog.toString());
                setProperty(transactions, "xa-servername", serverName);
            }
            TransformerFactory.newInstance()
                    .newTransformer()
                    .transform(
                            new DOMSource(document),
                            new StreamResult(configuration().toFile()));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(configuration() + " could not be changed.", e);
        }
    }

    /** The JMS service. A server without one would add it with default settings when it first starts. */
    private static Element messaging(Document document) throws Exception {
        for (var present : elements(document, CONFIG + "/jms-service")) {
            return present;
        }
        var host = document.createElement("jms-host");
        host.setAttribute("name", "default_JMS_host");
        host.setAttribute("host", "localhost");
        var service = document.createElement("jms-service");
        service.setAttribute("default-jms-host", "default_JMS_host");
        service.appendChild(host);
        elements(document, CONFIG).get(0).appendChild(service);
        return service;
    }

    private static List<Element> elements(Document document, String path) throws Exception {
        var found = (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
        var elements = new ArrayList<Element>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static void setProperty(Element parent, String name, String value) {
        var properties = parent.getElementsByTagName("property");
        for (int i = properties.getLength() - 1; i >= 0; i--) {
            if (name.equals(((Element) properties.item(i)).getAttribute("name"))) {
                parent.removeChild(properties.item(i));
            }
        }
        var property = parent.getOwnerDocument().createElement("property");
        property.setAttribute("name", name);
        property.setAttribute("value", value);
        parent.appendChild(property);
    }

    /**
     * The command that starts the server as a single process, which logs to its standard output. Its standard input must be
     * closed: the server tries to read a master password from it before it uses the default.
     *
     * @param options additional JVM options
     */
    public List<String> command(List<String> options) throws IOException, InterruptedException {
        var lines = asadmin("start-domain", "--domaindir", parent.toString(), "--dry-run=true", NAME)
                .lines()
                .dropWhile(line -> !line.startsWith("/"))
                .takeWhile(line -> !line.isBlank())
                .toList();
        var command = new ArrayList<>(lines);
        command.addAll(1, options);
        // By default, the server's Derby database writes its log to the current directory.
        command.add(1, "-Dderby.stream.error.file=" + directory().resolve("logs/derby.log"));
        return command;
    }

    /**
     * Waits until the server accepts commands.
     *
     * @throws LaunchFailure if it does not do so within five minutes, or if the process ends
     */
    public void awaitRunning(Process process) throws IOException, InterruptedException {
        var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new LaunchFailure("The server did not start within 5 minutes, or its process ended.");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private boolean answers() throws IOException {
        var version =
                (HttpURLConnection) new URL("http://127.0.0.1:" + adminPort + "/__asadmin/version").openConnection();
        version.setRequestProperty("X-Requested-By", "asadmin");
        version.setReadTimeout(5_000);
        try {
            return version.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        } finally {
            version.disconnect();
        }
    }

    /**
     * Runs one command on the running server.
     *
     * @throws LaunchFailure with the server's output if the command fails
     */
    public void administer(String... command) throws IOException, InterruptedException {
        asadmin(withPort(command));
    }

    /**
     * Runs the commands of a script, one on each line, on the running server.
     *
     * @throws LaunchFailure with the server's output if a command fails
     */
    public void runScript(String script) throws IOException, InterruptedException {
        run(script);
    }

    /** Creates users in the default realm. Requires that the server is running. */
    public void createUsers(Iterable<ServerUser> users) throws IOException, InterruptedException {
        run("create-file-user", users);
    }

    /** Sets the passwords of users that {@link #createUsers} created in an earlier run. Requires that the server is running. */
    public void updateUsers(Iterable<ServerUser> users) throws IOException, InterruptedException {
        run("update-file-user", users);
    }

    private void run(String command, Iterable<ServerUser> users) throws IOException, InterruptedException {
        var passwords = Files.createTempFile(parent, "passwords", ""); // readable only by its owner
        try {
            Files.writeString(passwords, "AS_ADMIN_USERPASSWORD=" + ServerUser.password() + "\n");
            var script = new StringBuilder();
            for (var user : users) {
                script.append("%s --groups %s %s%n".formatted(command, user.group(), user.userName()));
            }
            run(script.toString(), "--passwordfile", passwords.toString());
        } finally {
            Files.delete(passwords);
        }
    }

    private void run(String script, String... options) throws IOException, InterruptedException {
        var file = Files.writeString(parent.resolve("script.asadmin"), script);
        var command = new ArrayList<>(List.of(options));
        command.addAll(List.of("multimode", "--file", file.toString()));
        var output = asadmin(withPort(command.toArray(String[]::new)));
        if (output.lines().anyMatch(line -> line.matches("Command .* failed\\."))) {
            throw new LaunchFailure(output);
        }
    }

    private String[] withPort(String... command) {
        return Stream.concat(Stream.of("--port", "" + adminPort), Stream.of(command))
                .toArray(String[]::new);
    }

    private String asadmin(String... command) throws IOException, InterruptedException {
        // The script of GlassFish 8 requires Bash.
        var line = new ArrayList<>(List.of("bash", home.resolve("bin/asadmin").toString(), "--interactive=false"));
        line.addAll(List.of(command));
        var builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().putAll(Map.of("AS_JAVA", System.getProperty("java.home")));
        var process = builder.start();
        try {
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new LaunchFailure("Command 'asadmin " + String.join(" ", command) + "' failed: " + output);
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
