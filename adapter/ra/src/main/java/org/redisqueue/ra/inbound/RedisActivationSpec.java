// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapter;
import java.util.HashMap;
import java.util.Map;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.Property;
import org.redisqueue.ra.transaction.RedeliveryPolicy;
import org.redisqueue.spi.QueueName;

/** The activation properties of a message-driven bean (Jakarta Connectors 2.1, 13.4.2 "ActivationSpec JavaBean"). */
public class RedisActivationSpec implements ActivationSpec {

    @Property(
            description = "The queue to consume.",
            pattern = QueueName.PATTERN,
            range = "1 to 200 characters of `A-Z a-z 0-9 . _ : -`")
    private String queue;

    @Property(
            description =
                    "How many messages are delivered at a time, each on a thread of the container's WorkManager and with an instance of the bean from its pool.",
            defaultValue = "15",
            min = 1,
            max = 1000)
    private Integer maxConcurrency;

    @Property(
            description =
                    "How many messages are claimed ahead of the listeners, and up to eight times as many for listeners that would wait for Redis otherwise. More saves round trips; fewer leave messages to other servers when the listeners are slow.",
            defaultValue = "8",
            min = 0,
            max = 1000)
    private Integer prefetch;

    @Property(
            description =
                    "How long a message stays claimed after its server died. It is renewed as long as the server lives, however long the listener takes.",
            defaultValue = "15000",
            min = 1000,
            max = 3600000,
            unit = "ms")
    private Integer lease;

    @Property(
            description = "After how many failed deliveries a message is a dead letter.",
            defaultValue = "5",
            min = 1,
            max = 1000000)
    private Integer maxDeliveries;

    @Property(
            description =
                    "How often a message's server may die, or lose the lease, in the middle of its delivery; the next time the message is a dead letter.",
            defaultValue = "20",
            min = 0,
            max = 1000000)
    private Integer maxAbandoned;

    @Property(
            description =
                    "How long a message waits after its first failure. Up to a tenth is added by chance to this and the following delays.",
            defaultValue = "1000",
            min = 0,
            max = 86400000,
            unit = "ms")
    private Integer redeliveryDelay;

    @Property(
            description = "By what the delay grows with each further failure.",
            defaultValue = "2",
            min = 1,
            max = 100)
    private Double redeliveryMultiplier;

    @Property(
            description = "How long a message waits at most.",
            defaultValue = "300000",
            min = 0,
            max = 604800000,
            unit = "ms")
    private Integer maxRedeliveryDelay;

    @Property(
            description =
                    "What becomes of a message whose time to live ends before it is completed: it is dropped, or becomes a dead letter. Set it to the same value for all listeners of a queue.",
            defaultValue = "drop",
            pattern = "drop|dead-letter",
            range = "`drop` or `dead-letter`")
    private String onExpiry;

    @Property(
            description = "How long an undeployment or a stop waits for listeners at work.",
            defaultValue = "30000",
            min = 0,
            max = 3600000,
            unit = "ms")
    private Integer drainTimeout;

    private transient ResourceAdapter resourceAdapter;

    public RedisActivationSpec() {
        Configuration.applyDefaults(this);
    }

    /**
     * Checks that each property has a valid value. The queue may be missing, because a listener method can name it.
     *
     * @throws InvalidPropertyException if a value is missing or invalid; the message names each such property, its
     *     value and its range
     */
    @Override
    public void validate() throws InvalidPropertyException {
        Map<String, String> problems = new HashMap<>();
        for (Configuration.Definition definition : Configuration.definitions(getClass())) {
            if (!definition.name().equals("queue") && Configuration.values(this).get(definition.name()) == null) {
                problems.put(definition.name(), "a value is needed: " + definition.range());
            }
        }
        Configuration.check(this, "activation" + (queue == null ? "" : " of queue '" + queue + "'"), problems);
    }

    RedeliveryPolicy redeliveryPolicy() {
        return new RedeliveryPolicy(maxDeliveries, redeliveryDelay, redeliveryMultiplier, maxRedeliveryDelay);
    }

    @Override
    public ResourceAdapter getResourceAdapter() {
        return resourceAdapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter resourceAdapter) {
        this.resourceAdapter = resourceAdapter;
    }

    @Override
    public String toString() {
        return Configuration.describe(this);
    }

    public String getQueue() {
        return queue;
    }

    public void setQueue(String queue) {
        this.queue = queue;
    }

    public Integer getMaxConcurrency() {
        return maxConcurrency;
    }

    public void setMaxConcurrency(Integer maxConcurrency) {
        this.maxConcurrency = maxConcurrency;
    }

    public Integer getPrefetch() {
        return prefetch;
    }

    public void setPrefetch(Integer prefetch) {
        this.prefetch = prefetch;
    }

    public Integer getLease() {
        return lease;
    }

    public void setLease(Integer lease) {
        this.lease = lease;
    }

    public Integer getMaxDeliveries() {
        return maxDeliveries;
    }

    public void setMaxDeliveries(Integer maxDeliveries) {
        this.maxDeliveries = maxDeliveries;
    }

    public Integer getMaxAbandoned() {
        return maxAbandoned;
    }

    public void setMaxAbandoned(Integer maxAbandoned) {
        this.maxAbandoned = maxAbandoned;
    }

    public Integer getRedeliveryDelay() {
        return redeliveryDelay;
    }

    public void setRedeliveryDelay(Integer redeliveryDelay) {
        this.redeliveryDelay = redeliveryDelay;
    }

    public Double getRedeliveryMultiplier() {
        return redeliveryMultiplier;
    }

    public void setRedeliveryMultiplier(Double redeliveryMultiplier) {
        this.redeliveryMultiplier = redeliveryMultiplier;
    }

    public Integer getMaxRedeliveryDelay() {
        return maxRedeliveryDelay;
    }

    public void setMaxRedeliveryDelay(Integer maxRedeliveryDelay) {
        this.maxRedeliveryDelay = maxRedeliveryDelay;
    }

    public String getOnExpiry() {
        return onExpiry;
    }

    public void setOnExpiry(String onExpiry) {
        this.onExpiry = onExpiry;
    }

    public Integer getDrainTimeout() {
        return drainTimeout;
    }

    public void setDrainTimeout(Integer drainTimeout) {
        this.drainTimeout = drainTimeout;
    }
}
