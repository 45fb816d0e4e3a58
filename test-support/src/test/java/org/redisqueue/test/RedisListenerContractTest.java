// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.annotation.Resource;
import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.resource.spi.ResourceAdapter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.inbound.RedisActivationSpec;

/** The contract of deliveries by the adapter. */
@RedisQueueTest
class RedisListenerContractTest extends ListenerContract {

    @Resource
    private TestRedis redis;

    @Resource
    private RedisQueueConnectionFactory factory;

    private ContainerOfOneBean container;

    @Override
    void send(Object body) {
        try (RedisQueueConnection connection = factory.createConnection()) {
            connection.send(name, body);
        }
    }

    @Override
    TestQueue queue() {
        return TestRedis.queue(name);
    }

    @Override
    void letTimePass(Duration time) {
        RedisTime.letPass(factory, name, time);
    }

    @Override
    void deliverAll(Object bean) throws Exception {
        Map<String, String> properties = new LinkedHashMap<>(Map.of("queue", name));
        for (ActivationConfigProperty property :
                bean.getClass().getAnnotation(MessageDriven.class).activationConfig()) {
            properties.put(property.propertyName(), property.propertyValue());
        }
        RedisActivationSpec specification = new RedisActivationSpec();
        Configuration.set(specification, "bean", properties);
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        adapter.setAddresses(redis.address());
        container = new ContainerOfOneBean(bean);
        adapter.start(container);
        try {
            activate(adapter, specification);
        } finally {
            adapter.stop();
            container.close();
        }
    }

    private void activate(ResourceAdapter adapter, RedisActivationSpec specification) throws Exception {
        adapter.endpointActivation(container, specification);
        try {
            assertThat(queue()).within(Duration.ofSeconds(30)).hasMessageCount(0);
        } finally {
            adapter.endpointDeactivation(container, specification);
        }
    }

    @Override
    void setRollbackOnly() {
        container.setRollbackOnly();
    }
}
