package ${package};

import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;

/** Sends each order that it receives over HTTP to the queue {@code orders}. */
@Path("orders")
public class OrdersResource {

    @Inject
    @RedisQueue("orders")
    private RedisQueueSender orders;

    /** Returns the id of the message. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public String place(Order order) {
        return orders.send(order) + "\n";
    }
}
