package ${package};

/** The body of a message in the queue {@code orders}. */
public record Order(String item, int quantity) {}
