package ${package};

/** The body of a message in the queue {@code receipts}. */
public record Receipt(String orderId, String item, int quantity) {}
