// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.console.json.Fields;

/** Responses that several resources have in common. */
final class Replies {

    private Replies() {}

    /** Refers to a job that runs in the background. */
    static Response started(Job job, UriInfo uris) {
        return Response.accepted(new Fields().add("job", job.id()).build())
                .location(uris.getBaseUriBuilder().path("jobs").path("{job}").build(job.id()))
                .build();
    }

    static <T> T found(Optional<T> value, String name) {
        return value.orElseThrow(() -> new QueueAdminException(Kind.NOT_FOUND, name + " does not exist."));
    }
}
