// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.validation.SchemaFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * A deployment descriptor, {@code redis-queue.xml}, which overrides annotations.
 *
 * @param connectionFactory the JNDI name of the connection factory for listeners that do not name one
 * @param listeners the settings of listeners, by name
 */
record Descriptor(Optional<String> connectionFactory, Map<String, Listener> listeners) {

    static final String NAME = "redis-queue.xml";
    static final Descriptor NONE = new Descriptor(Optional.empty(), Map.of());

    private static final String NAMESPACE = "https://redisqueue.org/ns/redis-queue";
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

    /** The settings of one listener. */
    record Listener(
            Optional<String> queue,
            Optional<String> topic,
            Optional<String> connectionFactory,
            Optional<Boolean> optional,
            Optional<String> sendTo,
            Optional<String> publishTo,
            Map<String, String> properties) {

        private Listener orElse(Listener other) {
            Map<String, String> all = new HashMap<>(other.properties);
            all.putAll(properties);
            return new Listener(
                    queue.or(() -> other.queue),
                    topic.or(() -> other.topic),
                    connectionFactory.or(() -> other.connectionFactory),
                    optional.or(() -> other.optional),
                    sendTo.or(() -> other.sendTo),
                    publishTo.or(() -> other.publishTo),
                    all);
        }
    }

    /** @throws IllegalArgumentException if the descriptor cannot be read or is invalid; the message says where */
    static Descriptor read(URL location) {
        try (InputStream content = location.openStream()) {
            return of(parse(content));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("RQ-507 " + location + ": " + e.getMessage(), e);
        } catch (SAXParseException e) {
            throw new IllegalArgumentException(
                    "RQ-507 " + location + ", line " + e.getLineNumber() + ": " + e.getMessage(), e);
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalArgumentException("RQ-507 " + location + ": " + e.getMessage(), e);
        }
    }

    private static Element parse(InputStream content) throws IOException, SAXException, ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature(NO_DOCTYPE, true);
        factory.setSchema(
                SchemaFactory.newDefaultInstance().newSchema(Descriptor.class.getResource("redis-queue_1_0.xsd")));
        var builder = factory.newDocumentBuilder();
        builder.setErrorHandler(new ThrowingErrorHandler());
        return builder.parse(content).getDocumentElement();
    }

    private static Descriptor of(Element root) {
        Map<String, Listener> listeners = new LinkedHashMap<>();
        children(root, "listener").forEach(element -> {
            Map<String, String> properties = new HashMap<>();
            children(element, "property").forEach(property -> {
                String name = property.getAttribute("name");
                if (properties.put(name, text(property)) != null) {
                    throw new IllegalArgumentException(
                            "property '" + name + "' of listener '" + element.getAttribute("name") + "' is set twice");
                }
            });
            for (String name : List.of("queue", "topic")) {
                if (properties.containsKey(name)) {
                    throw new IllegalArgumentException("listener '" + element.getAttribute("name") + "' sets its "
                            + name + " as a property; use the element <" + name + "> instead");
                }
            }
            listeners.put(
                    element.getAttribute("name"),
                    new Listener(
                            child(element, "queue"),
                            child(element, "topic"),
                            child(element, "connection-factory"),
                            child(element, "optional").map(text -> text.equals("true") || text.equals("1")),
                            child(element, "send-to"),
                            child(element, "publish-to"),
                            properties));
        });
        return new Descriptor(child(root, "connection-factory"), listeners);
    }

    private static Optional<String> child(Element parent, String name) {
        return children(parent, name).map(Descriptor::text).findFirst();
    }

    private static Stream<Element> children(Element parent, String name) {
        var nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(node -> node.getNodeType() == Node.ELEMENT_NODE)
                .map(Element.class::cast)
                .filter(element -> NAMESPACE.equals(element.getNamespaceURI()) && name.equals(element.getLocalName()));
    }

    private static String text(Element element) {
        return element.getTextContent().strip();
    }

    /** Returns a merged descriptor, in which the settings of this descriptor take precedence. */
    Descriptor orElse(Descriptor other) {
        Map<String, Listener> all = new LinkedHashMap<>(listeners);
        other.listeners.forEach((name, listener) -> all.merge(name, listener, Listener::orElse));
        return new Descriptor(connectionFactory.or(() -> other.connectionFactory), all);
    }

    private static final class ThrowingErrorHandler implements ErrorHandler {

        @Override
        public void warning(SAXParseException e) {}

        @Override
        public void error(SAXParseException e) throws SAXParseException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXParseException {
            throw e;
        }
    }
}
