// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.console.web.AccessGuard;

/** What the filter refuses if a server does not enforce the constraints in {@code web.xml}. */
class AccessGuardTest {

    private final List<Integer> statuses = new ArrayList<>();
    private boolean admitted;

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "DELETE"})
    void callerWithoutRoleIsRefused(String method) throws ServletException, IOException {
        filter(method, "another-role");

        assertThat(statuses).containsExactly(403);
        assertThat(admitted).isFalse();
    }

    @Test
    void viewerIsAdmittedToRead() throws ServletException, IOException {
        filter("GET", "redis-queue-viewer");

        assertThat(admitted).isTrue();
    }

    @Test
    void viewerIsNotAdmittedToChange() throws ServletException, IOException {
        filter("DELETE", "redis-queue-viewer");

        assertThat(statuses).containsExactly(403);
        assertThat(admitted).isFalse();
    }

    @Test
    void operatorIsAdmittedToReadAndToChange() throws ServletException, IOException {
        filter("GET", "redis-queue-operator");
        assertThat(admitted).isTrue();

        admitted = false;
        filter("DELETE", "redis-queue-operator");
        assertThat(admitted).isTrue();
    }

    private void filter(String method, String role) throws ServletException, IOException {
        FilterChain chain = (request, response) -> admitted = true;
        new AccessGuard().doFilter(request(method, role), response(), chain);
    }

    private static HttpServletRequest request(String method, String role) {
        return proxy(HttpServletRequest.class, (name, arguments) -> switch (name) {
            case "getMethod" -> method;
            case "isUserInRole" -> role.equals(arguments[0]);
            case "getHeader" -> arguments[0].equals("X-Redis-Queue") ? "1" : null;
            case "getContentLengthLong" -> 0L;
            default -> null;
        });
    }

    private HttpServletResponse response() {
        return proxy(HttpServletResponse.class, (name, arguments) -> {
            if (name.equals("setStatus")) {
                statuses.add((Integer) arguments[0]);
            }
            return name.equals("getOutputStream") ? new Discarding() : null;
        });
    }

    /** Answers calls by the name of the method. */
    private interface Answers {
        Object to(String name, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.to(method.getName(), arguments)));
    }

    private static final class Discarding extends ServletOutputStream {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(int b) {
            // discarded
        }
    }
}
