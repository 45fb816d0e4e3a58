// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** A part of a POM on a page. Its artifacts, versions and Galleon layers must be those of the build. */
final class PomSample {

    private static final String OWN = "org.redisqueue";
    private static final String LAYERS = "wildfly-feature-pack/src/main/resources/layers/standalone";

    private PomSample() {}

    /** What the fragment names that differs from the build. */
    static List<String> errors(Element fragment) {
        List<String> errors = new ArrayList<>();
        for (Element artifact : elements(fragment, "artifactId")) {
            Element declaration = (Element) artifact.getParentNode();
            String name = artifact.getTextContent();
            Optional<String> group = child(declaration, "groupId");
            Optional<String> version = child(declaration, "version");
            if (!MavenCommand.SOURCES.contains("<artifactId>" + name + "</artifactId>")) {
                errors.add(name);
            } else if (version.isPresent()) {
                String built = group.filter(OWN::equals).isPresent() ? versionOf("redis-queue") : versionOf(name);
                if (!version.get().equals(built)) {
                    errors.add(name + " has the version " + built);
                }
            }
        }
        for (Element layer : elements(fragment, "layer")) {
            if (!Files.exists(Page.ROOT.resolve(LAYERS).resolve(layer.getTextContent()))) {
                errors.add(layer.getTextContent());
            }
        }
        return errors;
    }

    /** The version that the POMs define. */
    private static String versionOf(String artifact) {
        String version = first("<artifactId>" + artifact + "</artifactId>\\s*<version>([^<]+)</version>");
        return version.startsWith("${")
                ? first("<" + version.substring(2, version.length() - 1) + ">([^<]+)</")
                : version;
    }

    private static String first(String pattern) {
        return Pattern.compile(pattern)
                .matcher(MavenCommand.SOURCES)
                .results()
                .map((MatchResult found) -> found.group(1))
                .filter(text -> !text.startsWith("@"))
                .findFirst()
                .orElse("unknown");
    }

    private static Optional<String> child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return Optional.of(node.getTextContent());
            }
        }
        return Optional.empty();
    }

    private static List<Element> elements(Element fragment, String name) {
        NodeList found = fragment.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }
}
