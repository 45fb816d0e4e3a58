// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.deploy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** Reads the deployment examples. A property that the target type does not have is an error. */
final class Example {

    private static final Path DOCS = Path.of("..", "docs");

    /** Without the methods with which the Kubernetes model accepts unknown properties. */
    private static final ObjectMapper STRICT = new ObjectMapper()
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

    @SuppressWarnings("unchecked")
    static Stream<Map<String, Object>> manifests(String file) {
        return StreamSupport.stream(yaml().loadAll(text("kubernetes/" + file)).spliterator(), false)
                .map(tree -> (Map<String, Object>) tree);
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
