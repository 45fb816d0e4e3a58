// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Holder;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.InDoubtBranch.MessageReference;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.admin.ServerStatus.Listener;

/** The queues of an order desk on three servers, with the troubles that its operators see. */
final class OrderDesk {

    static final String UNKNOWN_ARTICLE = "java.lang.IllegalStateException: Article 4711 is not in the catalog";
    static final String DECLINED = "com.example.desk.PaymentException: Card declined (code 51)";
    static final String HANGING = "rcpt-77120";
    static final String XID = "131077-0000000000000000ffffac110002-0a1b2c3d4e5f";

    private OrderDesk() {}

    static void open(SimulatedQueues desk) {
        desk.clear();
        orders(desk.queueNamed("orders"));
        desk.queueNamed("orders.express").consumedBy(3, 212, 0).add(Place.DELIVERING, "exp-1", 0);
        receipts(desk.queueNamed("receipts"));
        payments(desk.queueNamed("payments.capture"));
        stock(desk.queueNamed("stock.reserve"));
        fill(desk.queueNamed("mail.outbound").consumedBy(2, 96, 0), Place.SCHEDULED, "mail", 45);
        fill(desk.queueNamed("search.index").consumedBy(0, 0, 0), Place.READY, "idx", 140);
        desk.queueNamed("search.index").pause(Duration.ofSeconds(540));
        fill(desk.queueNamed("reports.export").consumedBy(0, 0, 0), Place.READY, "rep", 12);
        desk.queueNamed("invoices").consumedBy(3, 148, 0);
        desk.queueNamed("audit.events").consumedBy(6, 1_904, 0);
        Instant opened = Instant.now();
        desk.servers = () -> servers(opened);
        branches(desk.branches);
        audit(desk.audit);
        findings(desk.findings);
    }

    private static void orders(SimulatedQueue orders) {
        orders.consumedBy(3, 1_284, 9);
        fill(orders, Place.READY, "ord-5", 38);
        fill(orders, Place.REDELIVERING, "ord-4", 6);
        for (int i = 0; i < 11; i++) {
            orders.addHeld("ord-50" + i, i / 4, holder(1 + i % 3, "OrderListener", i / 4));
        }
        for (int i = 0; i < 640; i++) {
            orders.addDead("ord-" + (48_000 - 7 * i), 35 + 11 * i, i % 9 == 4 ? DECLINED : UNKNOWN_ARTICLE);
        }
    }

    private static void receipts(SimulatedQueue receipts) {
        receipts.consumedBy(3, 655, 0);
        receipts.addHeld(HANGING, 754, holder(2, "ReceiptListener.issue", 754));
        fill(receipts, Place.READY, "rcpt-8", 214);
    }

    private static void payments(SimulatedQueue payments) {
        payments.consumedBy(3, 430, 2);
        fill(payments, Place.IN_DOUBT, "pay", 2);
        for (int i = 0; i < 12; i++) {
            payments.addDead("pay-" + (900 - i), 300 + 71 * i, DECLINED);
        }
    }

    private static void stock(SimulatedQueue stock) {
        stock.consumedBy(3, 377, 0);
        fill(stock, Place.WAITING, "stk", 8);
        fill(stock, Place.DELIVERING, "res", 3);
    }

    private static void fill(SimulatedQueue queue, Place place, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            queue.add(place, prefix + "-" + (1000 + i), 9 - Math.min(9, i / 4));
        }
    }

    private static Holder holder(int server, String listener, int seconds) {
        return new Holder(
                "k3j9x2m1q" + server, "app-" + server, listener, Instant.now().minusSeconds(seconds));
    }

    private static List<ServerStatus> servers(Instant opened) {
        Instant now = Instant.now();
        List<ServerStatus> servers = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            boolean hangs = i == 2;
            Instant oldest = hangs ? opened.minusSeconds(754) : now.minusSeconds(1);
            List<Listener> listeners = List.of(
                    new Listener(
                            "OrderListener",
                            "orders",
                            8,
                            4,
                            now,
                            48_211L * i,
                            312,
                            214,
                            UNKNOWN_ARTICLE,
                            now.minusSeconds(35),
                            false,
                            false,
                            true),
                    new Listener(
                            "ReceiptListener.issue",
                            "receipts",
                            4,
                            hangs ? 1 : 2,
                            oldest,
                            25_112L * i,
                            0,
                            0,
                            null,
                            null,
                            false,
                            false,
                            true),
                    new Listener(
                            "PaymentListener",
                            "payments.capture",
                            4,
                            1,
                            now,
                            17_020L * i,
                            21,
                            4,
                            DECLINED,
                            now.minusSeconds(300),
                            false,
                            false,
                            true));
            servers.add(new ServerStatus(
                    "k3j9x2m1q" + i,
                    "app-" + i,
                    4000 + i,
                    "WildFly 39.0.1.Final",
                    "1.0.0",
                    now.minusSeconds(86_400L * i),
                    now.minusSeconds(2),
                    true,
                    false,
                    0,
                    listeners));
        }
        servers.add(new ServerStatus(
                "b7d0f5aa2c",
                "app-4",
                4004,
                "WildFly 39.0.1.Final",
                "1.0.0",
                now.minusSeconds(90_000),
                now.minusSeconds(5_400),
                false,
                false,
                0,
                List.of()));
        return servers;
    }

    private static void branches(List<InDoubtBranch> branches) {
        branches.add(new InDoubtBranch(
                XID,
                "payments.capture",
                Instant.now().minusSeconds(5_390),
                Duration.ofSeconds(5_390),
                "app-4",
                List.of(
                        new MessageReference("payments.capture", "pay-1000"),
                        new MessageReference("payments.capture", "pay-1001")),
                List.of(new MessageReference("receipts", "rcpt-90001")),
                null));
        branches.add(new InDoubtBranch(
                "131077-00000000ff-0001",
                "orders",
                Instant.now().minusSeconds(2),
                Duration.ofSeconds(2),
                "app-1",
                List.of(),
                List.of(new MessageReference("stock.reserve", "stk-2000")),
                null));
    }

    private static void audit(List<AuditEntry> audit) {
        Instant now = Instant.now();
        audit.add(new AuditEntry(
                "1600000000005-0",
                now.minusSeconds(60),
                "olga",
                "console",
                "pause",
                "search.index",
                Map.of("duration", "PT10M"),
                null));
        audit.add(new AuditEntry(
                "1600000000004-0",
                now.minusSeconds(1_900),
                "deploy@build-7 (default)",
                "cli",
                "deleteQueue",
                "invoices",
                Map.of(),
                "Queue 'invoices' has consumers. Stop them before you delete it."));
        audit.add(new AuditEntry(
                "1600000000003-0",
                now.minusSeconds(5_000),
                "olga",
                "console",
                "editBody",
                "orders",
                Map.of("id", "ord-46201"),
                null));
        audit.add(new AuditEntry(
                "1600000000002-0", now.minusSeconds(9_000), "jmx", "jmx", "resume", "orders", Map.of(), null));
        audit.add(new AuditEntry(
                "1600000000001-0",
                now.minusSeconds(90_000),
                "peter",
                "console",
                "move",
                "orders",
                Map.of("target", "orders.express", "place", "dead"),
                null));
    }

    private static void findings(List<Finding> findings) {
        findings.add(new Finding(
                Finding.Kind.READY_TWICE,
                "orders",
                "ord-5-1003",
                "The id is ready 2 times: the message would be delivered twice.",
                true));
        findings.add(new Finding(
                Finding.Kind.MISSING_MESSAGE, "receipts", "rcpt-1", "A dead letter without a message.", true));
        findings.add(new Finding(
                Finding.Kind.WRONG_TYPE, "legacy", null, "The key rq:{legacy} is a hash instead of a list.", false));
    }
}
