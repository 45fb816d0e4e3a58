// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;

/** Restricts what a browser does with a response: only the files of the console run, and no other site embeds them. */
public class SecurityHeaders extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Pattern FILE = Pattern.compile("/?|.*\\.(html|css|js|svg)");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        // Files of the page may be stored, but not used without asking; what the API tells may not be stored.
        response.setHeader("Cache-Control", isFile(request) ? "no-cache" : "no-store");
        chain.doFilter(request, response);
    }

    private static boolean isFile(HttpServletRequest request) {
        return FILE.matcher(request.getServletPath()).matches();
    }
}
