package ${package};

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;

/**
 * Receives the orders in a message-driven bean, and sends a receipt for each.
 *
 * <p>Both are one transaction: if this method throws an exception, no receipt is sent, and the order is redelivered.
 */
@MessageDriven(activationConfig = @ActivationConfigProperty(propertyName = "queue", propertyValue = "orders"))
public class OrderListener implements RedisMessageListener {

    private static final Logger LOG = System.getLogger(OrderListener.class.getName());

    @Inject
    @RedisQueue("receipts")
    private RedisQueueSender receipts;

    @Override
    public void onMessage(RedisMessage message) {
        Order order = message.json(Order.class);
        if (order.quantity() < 1) {
            throw new IllegalArgumentException("quantity must be at least 1");
        }
        LOG.log(Level.INFO, "Received order {0}: {1} {2}", message.id(), order.quantity(), order.item());
        receipts.send(new Receipt(message.id(), order.item(), order.quantity()));
    }
}
