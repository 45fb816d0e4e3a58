// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.deploy;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * Reads the deployment examples. A property that the target type does not have is an error, as is a value of the wrong
 * type: Kubernetes does not convert a number to a string.
 */
final class Example {

    private static final Path DOCS = Path.of("..", "docs");

    /** Without the methods with which the Kubernetes model accepts unknown properties. */
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    strings -> strings.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build()
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }

                @Override
                public com.fasterxml.jackson.annotation.JsonIgnoreProperties.Value findPropertyIgnoralByName(
                        MapperConfig<?> config, Annotated annotated) {
                    return com.fasterxml.jackson.annotation.JsonIgnoreProperties.Value.empty();
                }
            });

    private Example() {}

    static String text(String file) {
        return document("deploy/" + file);
    }

    /** The text of a page or another file of the documentation. */
    static String document(String file) {
        try {
            return Files.readString(DOCS.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> T convert(Object tree, Class<T> type) {
        return STRICT.convertValue(tree, type);
    }

    /** The object of this kind and name in a file of Kubernetes manifests. */
    static <T> T manifest(String file, String kind, String name, Class<T> type) {
        return manifests(file)
                .filter(tree ->
                        kind.equals(tree.get("kind")) && name.equals(((Map<?, ?>) tree.get("metadata")).get("name")))
                .map(tree -> convert(tree, type))
                .findFirst()
                .orElseThrow();
    }

    static Stream<Map<String, Object>> manifests(String file) {
        return trees(text("kubernetes/" + file));
    }

    @SuppressWarnings("unchecked")
    static Stream<Map<String, Object>> trees(String yaml) {
        return StreamSupport.stream(yaml().loadAll(yaml).spliterator(), false).map(tree -> (Map<String, Object>) tree);
    }

    static Object tree(String yaml) {
        return yaml().load(yaml);
    }

    private static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(options);
    }
}
