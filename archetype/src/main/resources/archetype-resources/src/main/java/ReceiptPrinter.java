package ${package};

import jakarta.enterprise.context.ApplicationScoped;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.redisqueue.RedisQueueListener;

/** Receives the receipts in a CDI bean. */
@ApplicationScoped
public class ReceiptPrinter {

    private static final Logger LOG = System.getLogger(ReceiptPrinter.class.getName());

    @RedisQueueListener(queue = "receipts")
    void print(Receipt receipt) {
        LOG.log(Level.INFO, "Received receipt for order {0}", receipt.orderId());
    }
}
