// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.Finding;
import org.redisqueue.console.rest.ApiApplication;

/** Compares the description of the REST API with the resources. */
class OpenApiTest {

    private static final Pattern REFERENCE = Pattern.compile("\"\\$ref\":\"#/components/(\\w+)/(\\w+)\"");

    private final JsonObject description =
            ConsoleClient.object(ConsoleClient.viewer().get("api/openapi.json"));

    @Test
    void describesExactlyTheResources() {
        Set<String> described = new TreeSet<>();
        description
                .getJsonObject("paths")
                .forEach((path, operations) -> operations
                        .asJsonObject()
                        .keySet()
                        .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));

        assertThat(described).isEqualTo(implemented());
    }

    private static Set<String> implemented() {
        Set<String> implemented = new TreeSet<>();
        for (Class<?> resource : new ApiApplication().getClasses()) {
            for (Method method : resource.getDeclaredMethods()) {
                for (Annotation annotation : method.getAnnotations()) {
                    HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
                    if (http != null) {
                        implemented.add(http.value() + " "
                                + path(resource.getAnnotation(Path.class))
                                + path(method.getAnnotation(Path.class)));
                    }
                }
            }
        }
        return implemented;
    }

    private static String path(Path path) {
        return path == null || path.value().isEmpty() ? "" : "/" + path.value();
    }

    @Test
    void changesRequireTheHeader() {
        description
                .getJsonObject("paths")
                .forEach((path, operations) -> operations
                        .asJsonObject()
                        .forEach((method, operation) -> assertThat(
                                        operation.toString().contains("#/components/parameters/change"))
                                .as(method + " " + path)
                                .isEqualTo(!method.equals("get"))));
    }

    @Test
    void eachParameterOfAPathIsDeclared() {
        description.getJsonObject("paths").forEach((path, operations) -> {
            for (JsonValue operation : operations.asJsonObject().values()) {
                Matcher parameter = Pattern.compile("\\{(\\w+)}").matcher(path);
                while (parameter.find()) {
                    assertThat(operation.toString()).contains("#/components/parameters/" + parameter.group(1));
                }
            }
        });
    }

    @Test
    void referencesAreResolvedAndComponentsUsed() {
        Set<String> referenced = new TreeSet<>();
        Matcher reference = REFERENCE.matcher(description.toString());
        while (reference.find()) {
            referenced.add(reference.group(1) + "/" + reference.group(2));
        }
        Set<String> defined = new TreeSet<>();
        description
                .getJsonObject("components")
                .forEach((kind, components) ->
                        components.asJsonObject().keySet().forEach(name -> defined.add(kind + "/" + name)));
        defined.removeIf(name -> name.startsWith("securitySchemes/"));

        assertThat(referenced).isEqualTo(defined);
    }

    @Test
    void schemaOfAQueueHasTheFieldsOfTheResponse() {
        JsonObject queue = ConsoleClient.json(ConsoleClient.viewer().get("api/queues"))
                .asJsonArray()
                .getJsonObject(0);

        assertThat(fields("Queue")).isEqualTo(queue.keySet());
    }

    @Test
    void schemaOfAJobHasTheFieldsOfTheResponse() {
        assertThat(fields("Job"))
                .isEqualTo(ConsoleClient.object(ConsoleClient.viewer().get("api/jobs/orders~1"))
                        .keySet());
    }

    @Test
    void schemaOfAFindingHasAllKinds() {
        JsonArray kinds = properties("Finding").getJsonObject("kind").getJsonArray("enum");

        assertThat(kinds).hasSize(Finding.Kind.values().length);
    }

    private Set<String> fields(String schema) {
        return properties(schema).keySet();
    }

    private JsonObject properties(String schema) {
        return description
                .getJsonObject("components")
                .getJsonObject("schemas")
                .getJsonObject(schema)
                .getJsonObject("properties");
    }
}
