// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.File;
import java.nio.file.Path;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.redisqueue.it.docs.app.OrderListener;
import org.redisqueue.ra.testing.TestRedis;

/** What the pages take for granted. */
final class Preparations {

    private final Path directory;
    private final TestRedis redis;
    private final OrderQueues queues;

    Preparations(Path directory, TestRedis redis) {
        this.directory = directory;
        this.redis = redis;
        this.queues = new OrderQueues(redis);
    }

    void prepare(String what) {
        switch (what) {
            case "user shop" -> addUser("shop", "the-password");
            case "user shop-operator" -> addUser("shop-operator", "a-password");
            case "dead letters" -> queues.addDeadLetters();
            case "ready messages" -> queues.addReady();
            case "servers" -> queues.addServers();
            case "branch in doubt" -> queues.addBranch();
            case "hostile id" -> queues.addHostileId();
            case "damage" -> queues.damage();
            case "shop.war" -> packageApplication();
            default -> throw new IllegalArgumentException(what);
        }
    }

    private void addUser(String name, String password) {
        redis.call("ACL", "SETUSER", name, "on", ">" + password, "~rq:*", "&*", "+@all");
    }

    /** Packages the listener with the descriptors that the reader has written. */
    private void packageApplication() {
        WebArchive war = ShrinkWrap.create(WebArchive.class, "shop.war").addPackage(OrderListener.class.getPackage());
        for (File descriptor : directory.resolve("WEB-INF").toFile().listFiles()) {
            war.addAsWebInfResource(descriptor);
        }
        war.as(ZipExporter.class).exportTo(directory.resolve("shop.war").toFile(), true);
    }
}
