// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

/** An order, sent as JSON. */
public class Order {

    private String article;
    private int quantity;

    public Order() {}

    public Order(String article, int quantity) {
        this.article = article;
        this.quantity = quantity;
    }

    public String getArticle() {
        return article;
    }

    public void setArticle(String article) {
        this.article = article;
    }

    public int getQuantity() {
        return quantity;
    }

    public void setQuantity(int quantity) {
        this.quantity = quantity;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Order order && order.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return quantity + " × " + article;
    }
}
