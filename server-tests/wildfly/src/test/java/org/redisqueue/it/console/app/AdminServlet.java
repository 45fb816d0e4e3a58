// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console.app;

import jakarta.annotation.Resource;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;

/** Calls the Java API and answers with its result in JSON. */
@WebServlet(AdminServlet.PATH)
public class AdminServlet extends HttpServlet {

    public static final String PATH = "/admin";
    public static final String ACTOR = "the night shift";
    public static final String VIA = "scheduler";

    private static final int PAGE = 50;
    private static final Jsonb JSON = JsonbBuilder.create();

    @Resource(lookup = "java:/eis/RedisQueue")
    private transient RedisQueueConnectionFactory connections;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object result = call(connections.admin().as(ACTOR, VIA), request);
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().write(JSON.toJson(result));
    }

    private static Object call(QueueAdmin admin, HttpServletRequest request) {
        String queue = request.getParameter("queue");
        String id = request.getParameter("id");
        return switch (request.getParameter("operation")) {
            case "queue" -> admin.queue(queue);
            case "browse" -> admin.browse(queue, Place.valueOf(request.getParameter("place")), null, PAGE);
            case "message" -> admin.message(queue, id).orElseThrow();
            case "editBody" ->
                done(() -> admin.editBody(queue, id, request.getParameter("body"), request.getParameter("version")));
            case "requeueById" -> admin.requeueDeadLetters(queue, MessageSelection.ids(List.of(id)));
            case "requeueByReason" ->
                admin.requeueDeadLetters(queue, MessageSelection.all().reasonContains(request.getParameter("reason")));
            case "move" ->
                admin.move(queue, Place.DEAD, MessageSelection.ids(List.of(id)), request.getParameter("target"));
            case "deleteQueue" -> admin.deleteQueue(queue);
            case "job" -> admin.job(id).orElseThrow();
            case "pause" -> done(() -> admin.pause(queue, Duration.parse(request.getParameter("duration"))));
            case "resume" -> done(() -> admin.resume(queue));
            case "servers" -> admin.servers();
            case "inDoubt" -> admin.inDoubt();
            case "decide" ->
                done(() -> admin.decide(
                        request.getParameter("xid"), Decision.valueOf(request.getParameter("decision")), true));
            case "check" -> admin.check(queue, Duration.parse(request.getParameter("pause")));
            case "repair" ->
                admin.repair(admin.check(queue, Duration.parse(request.getParameter("pause")))
                        .findings());
            case "audit" -> admin.audit(null, PAGE);
            default -> throw new IllegalArgumentException(request.getParameter("operation"));
        };
    }

    private static Map<String, Object> done(Runnable operation) {
        operation.run();
        return Map.of();
    }
}
