// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.telemetry.app;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Publishes the resources. The server begins a span for each request. */
@ApplicationPath("api")
public class TracedApplication extends Application {}
