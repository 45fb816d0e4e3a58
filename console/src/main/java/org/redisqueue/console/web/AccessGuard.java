// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.redisqueue.console.json.RequestBody;

/**
 * Admits viewers and operators, and only changes that operators request deliberately. A browser adds the credentials to
 * requests that other sites cause, but these sites can set neither the header nor the content type, because the console does
 * not permit CORS. Reading through the API is refused to other sites as well: they cannot see the answer, but could keep
 * Redis busy. The roles are checked again because some servers ignore {@code web.xml} unless security is enabled.
 */
public class AccessGuard extends HttpFilter {

    /** The header of each change. Its value is 1. */
    public static final String HEADER = "X-Redis-Queue";

    private static final long serialVersionUID = 1L;

    private static final String READ_ROLES =
            "Reading requires the role " + Roles.VIEWER + " or " + Roles.OPERATOR + ".";

    private static final String OTHER_SITE = "Requests from other web sites are refused.";

    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final Set<String> CHANGING = Set.of("POST", "PUT", "DELETE");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (READING.contains(request.getMethod())) {
            admit(refusalToRead(request), request, response, chain);
        } else if (!CHANGING.contains(request.getMethod())) {
            ProblemWriter.write(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "The method is not supported.");
        } else if (request.getContentLengthLong() > RequestBody.MAX_SIZE) {
            ProblemWriter.write(
                    response,
                    HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                    "The request body must not be larger than " + RequestBody.MAX_SIZE + " bytes.");
        } else {
            admit(refusal(request), request, response, chain);
        }
    }

    private static void admit(
            @Nullable String refusal, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (refusal == null) {
            chain.doFilter(request, response);
        } else {
            ProblemWriter.write(response, HttpServletResponse.SC_FORBIDDEN, refusal);
        }
    }

    private static @Nullable String refusalToRead(HttpServletRequest request) {
        if (!request.isUserInRole(Roles.VIEWER) && !request.isUserInRole(Roles.OPERATOR)) {
            return READ_ROLES;
        }
        return isCausedByOtherSite(request) ? OTHER_SITE : null;
    }

    /** Whether the browser says that another site has caused a request of the API. Links to the page are permitted. */
    private static boolean isCausedByOtherSite(HttpServletRequest request) {
        return "cross-site".equals(request.getHeader("Sec-Fetch-Site"))
                && (request.getServletPath() + "/").startsWith("/api/");
    }

    private static @Nullable String refusal(HttpServletRequest request) {
        if (!request.isUserInRole(Roles.OPERATOR)) {
            return "Changes require the role " + Roles.OPERATOR + ".";
        }
        if (isCausedByOtherSite(request)) {
            return OTHER_SITE;
        }
        if (!"1".equals(request.getHeader(HEADER))) {
            return "Changes require the header " + HEADER + ": 1.";
        }
        if (hasBody(request) && !isJson(request.getContentType())) {
            return "Changes require the content type application/json.";
        }
        return null;
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0
                || request.getHeader("Transfer-Encoding") != null
                || request.getContentType() != null;
    }

    private static boolean isJson(@Nullable String type) {
        return type != null
                && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json");
    }
}
