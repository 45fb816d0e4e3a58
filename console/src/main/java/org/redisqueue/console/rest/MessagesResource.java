// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.console.json.Constants;
import org.redisqueue.console.json.MessageIds;
import org.redisqueue.console.json.MessageViews;
import org.redisqueue.console.json.RequestBody;

/** The messages of a queue. */
@Path("queues/{queue}/messages")
@Produces(MediaType.APPLICATION_JSON)
public class MessagesResource {

    private static final int PAGE = 50;

    @GET
    public JsonObject browse(
            @PathParam("queue") String queue,
            @QueryParam("place") @Nullable String place,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit,
            @Context SecurityContext caller) {
        Place from = place == null ? Place.READY : Constants.parse(Place.class, "place", place);
        return MessageViews.page(Operations.of(caller)
                .browse(PathText.name(queue), from, PathText.optional(cursor), PathText.number("limit", limit, PAGE)));
    }

    @GET
    @Path("{id}")
    public Response message(
            @PathParam("queue") String queue, @PathParam("id") String id, @Context SecurityContext caller) {
        MessageDetails message = read(Operations.of(caller), PathText.name(queue), MessageIds.decode(id));
        Response.ResponseBuilder response = Response.ok(MessageViews.details(message));
        return message.version().isEmpty()
                ? response.build()
                : response.tag(new EntityTag(message.version())).build();
    }

    private static MessageDetails read(QueueAdmin operations, String queue, String id) {
        return Replies.found(operations.message(queue, id), "The message");
    }

    @DELETE
    @Path("{id}")
    public void delete(@PathParam("queue") String queue, @PathParam("id") String id, @Context SecurityContext caller) {
        Operations.of(caller).deleteMessage(PathText.name(queue), MessageIds.decode(id));
    }

    /** Removes a scheduled message, and says whether this request did so. */
    @POST
    @Path("{id}/cancel")
    public JsonObject cancel(
            @PathParam("queue") String queue, @PathParam("id") String id, @Context SecurityContext caller) {
        boolean canceled = Operations.of(caller).cancelScheduled(PathText.name(queue), MessageIds.decode(id));
        return Json.createObjectBuilder().add("canceled", canceled).build();
    }

    /** Sends the body as an attachment, so that a browser saves it instead of showing it. */
    @GET
    @Path("{id}/body")
    @Produces({MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_JSON})
    public Response download(
            @PathParam("queue") String queue, @PathParam("id") String id, @Context SecurityContext caller) {
        MessageDetails message = read(Operations.of(caller), PathText.name(queue), MessageIds.decode(id));
        if (message.truncated()) {
            throw new QueueAdminException(
                    Kind.CONFLICT,
                    "The body is longer than " + QueueAdmin.MAX_BODY + " bytes. Read it with redis-cli.");
        }
        byte[] body = message.binary()
                ? Base64.getDecoder().decode(message.body())
                : message.body().getBytes(StandardCharsets.UTF_8);
        return Response.ok(body, MediaType.APPLICATION_OCTET_STREAM_TYPE)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"message-body\"")
                .build();
    }

    /** Replaces the body of the version in {@code If-Match}; without that header, or with *, of the current version. */
    @PUT
    @Path("{id}/body")
    public void edit(
            @PathParam("queue") String queue,
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String match,
            @Context SecurityContext caller,
            InputStream body)
            throws IOException {
        String text = RequestBody.read(body, "body").text("body");
        QueueAdmin operations = Operations.of(caller);
        String name = PathText.name(queue);
        String decoded = MessageIds.decode(id);
        String version = read(operations, name, decoded).version();
        String given = PathText.optional(match);
        if (given != null && !version.isEmpty() && !matches(given, version)) {
            throw new ClientErrorException(Response.Status.PRECONDITION_FAILED);
        }
        operations.editBody(name, decoded, text, version);
    }

    /** Whether one of the entity tags is that of the version. Proxies that compress responses make tags weak. */
    private static boolean matches(String tags, String version) {
        return Stream.of(tags.split(","))
                .map(tag -> tag.strip().replaceFirst("^W/", "").replace("\"", ""))
                .anyMatch(tag -> tag.equals("*") || tag.equals(version));
    }
}
