// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.console.ConsoleServer.ADMIN;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.admin.QueueAdminException;

/** Errors of the REST API. */
class ProblemsTest {

    private final ConsoleClient viewer = ConsoleClient.viewer();

    @BeforeEach
    @AfterEach
    void reset() {
        ADMIN.reset();
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID, 400, Bad Request",
        "NOT_FOUND, 404, Not Found",
        "CONFLICT, 409, Conflict",
        "FORBIDDEN, 403, Forbidden",
        "UNAVAILABLE, 503, Service Unavailable"
    })
    void kindDeterminesTheStatus(QueueAdminException.Kind kind, int status, String title) {
        ADMIN.failWith(new QueueAdminException(kind, "What to do: <b>"));

        isProblem(viewer.get("api/queues"), status, title, "What to do: <b>");
    }

    @Test
    void unexpectedExceptionIsNotShown() {
        ADMIN.failWith(new IllegalStateException("secret"));

        HttpResponse<String> response = viewer.get("api/queues");

        isProblem(
                response,
                500,
                "Internal Server Error",
                "The request failed unexpectedly. See RQ-601 in the log of the server.");
    }

    @Test
    void unexpectedExceptionIsLoggedAsDocumented() throws IOException {
        assertThat(Files.readString(Path.of("../docs/log-messages.md")))
                .contains("| RQ-601 | SEVERE | The console cannot answer a request. |");
    }

    @Test
    void operationThatTheAdapterLacksIsNotImplemented() {
        ADMIN.failWith(new UnsupportedOperationException("secret"));

        isProblem(
                viewer.get("api/servers"),
                501,
                "Not Implemented",
                "The installed resource adapter does not support this operation.");
    }

    @Test
    void unknownPathIsNotFound() {
        isProblem(viewer.get("api/unknown"), 404, "Not Found", "This resource does not exist.");
        isProblem(viewer.get("unknown"), 404, "Not Found", "This resource does not exist.");
        isProblem(viewer.get("error"), 404, "Not Found", "This resource does not exist.");
    }

    @Test
    void methodThatAResourceLacksIsNotAllowed() {
        isProblem(
                ConsoleClient.operator().post("api/queues", "{}"),
                405,
                "Method Not Allowed",
                "This resource does not support the method.");
    }

    private static void isProblem(HttpResponse<String> response, int status, String title, String detail) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonObject problem = ConsoleClient.object(response);
        assertThat(problem.getString("type")).isEqualTo("about:blank");
        assertThat(problem.getInt("status")).isEqualTo(status);
        assertThat(problem.getString("title")).isEqualTo(title);
        assertThat(problem.getString("detail")).isEqualTo(detail);
    }
}
