// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.Property;
import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** The activation properties of a message-driven bean (Jakarta Connectors 2.1, 13.4.2 "ActivationSpec JavaBean"). */
public class RedisActivationSpec extends QueueProperties implements ActivationSpec {

    private static final String NO_BATCHES = "requires a batch listener: a bean that implements RedisBatchListener";
    private static final Set<String> OPTIONAL =
            Set.of("queue", "topic", "rateLimit", "maxQueueConcurrency", "onDeadLetter");

    @Property(
            description =
                    "Maximum number of messages that one server delivers to the listener concurrently, each on a thread of the container's WorkManager and to its own instance from the bean pool.",
            defaultValue = "15",
            min = 1,
            max = 1000)
    private @Nullable Integer maxConcurrency;

    @Property(
            description =
                    "Number of messages to claim ahead of the free listeners; up to eight times as many for fast listeners that would otherwise wait for Redis. A higher value saves round trips; a lower one leaves more messages to other servers when listeners are slow.",
            defaultValue = "8",
            min = 0,
            max = 1000)
    private @Nullable Integer prefetch;

    @Property(
            description =
                    "Maximum number of messages that one call of a batch listener receives. Other listeners refuse a different value.",
            defaultValue = "50",
            min = 1,
            max = 1000)
    private @Nullable Integer batch;

    @Property(
            description =
                    "Maximum time that a message waits for the batch to fill up while the queue has no further messages, in milliseconds. 0 delivers what is there; a backlog is delivered in full batches in either case.",
            defaultValue = "0",
            min = 0,
            max = 60000,
            unit = "ms")
    private @Nullable Integer batchWait;

    @Property(
            description =
                    "Duration of a lease without renewal, in milliseconds: how long a message remains claimed after its server has died. A running server renews the lease, however long the listener takes.",
            defaultValue = "15000",
            min = 1000,
            max = 3600000,
            unit = "ms")
    private @Nullable Integer lease;

    @Property(
            description = "Number of failed deliveries after which a message becomes a dead letter.",
            defaultValue = "5",
            min = 1,
            max = 1000000)
    private @Nullable Integer maxDeliveries;

    @Property(
            description =
                    "Maximum number of abandoned deliveries of a message, during which its server died or lost the lease. One more makes the message a dead letter.",
            defaultValue = "20",
            min = 0,
            max = 1000000)
    private @Nullable Integer maxAbandoned;

    @Property(
            description =
                    "Delay before a message is redelivered after its first failure, in milliseconds. Up to a tenth is added at random to this delay and to later ones.",
            defaultValue = "1000",
            min = 0,
            max = 86400000,
            unit = "ms")
    private @Nullable Integer redeliveryDelay;

    @Property(
            description = "Factor by which the redelivery delay grows with each further failure. 1 keeps it constant.",
            defaultValue = "2",
            min = 1,
            max = 100)
    private @Nullable Double redeliveryMultiplier;

    @Property(
            description = "Maximum redelivery delay before the random addition, in milliseconds.",
            defaultValue = "300000",
            min = 0,
            max = 604800000,
            unit = "ms")
    private @Nullable Integer maxRedeliveryDelay;

    @Property(
            description =
                    "Number of failed deliveries without a success in between after which the circuit breaker of the listener opens on this server, if they concern at least two messages. It also opens if all deliveries of five seconds have failed. 0 switches it off.",
            defaultValue = "20",
            min = 0,
            max = 1000)
    private @Nullable Integer failureThreshold;

    @Property(
            description =
                    "What happens to a message whose time to live ends before it is acknowledged: it is dropped or dead-lettered. Use the same value for all listeners of a queue.",
            defaultValue = "drop",
            pattern = "drop|dead-letter",
            range = "`drop` or `dead-letter`")
    private @Nullable String onExpiry;

    @Property(
            description =
                    "Maximum time to wait for busy listeners when an application is undeployed or the server stops, in milliseconds. 0 does not wait.",
            defaultValue = "30000",
            min = 0,
            max = 3600000,
            unit = "ms")
    private @Nullable Integer drainTimeout;

    private transient @Nullable ResourceAdapter resourceAdapter;

    @SuppressWarnings("this-escape") // sets only properties that this class declares
    public RedisActivationSpec() {
        Configuration.applyDefaults(this);
    }

    /**
     * Checks that each property has a valid value. The queue and the topic may be missing, because a listener method can
     * name them, and a listener needs no topic. The settings of the queue may be missing, too.
     *
     * @throws InvalidPropertyException if a value is missing or invalid; the message names each such property, its
     *     value and its range
     */
    @Override
    public void validate() throws InvalidPropertyException {
        Map<String, String> problems = new HashMap<>();
        for (Configuration.Definition definition : Configuration.definitions(getClass())) {
            if (!OPTIONAL.contains(definition.name())
                    && Configuration.values(this).get(definition.name()) == null) {
                problems.put(definition.name(), "must be " + definition.range());
            }
        }
        check(problems);
    }

    /**
     * Checks that no property is set that only batch listeners have.
     *
     * @throws InvalidPropertyException if such a property differs from its default; the message names it and its value
     */
    public void requireNoBatches() throws InvalidPropertyException {
        RedisActivationSpec defaults = new RedisActivationSpec();
        Map<String, String> problems = new HashMap<>();
        if (!Objects.equals(batch, defaults.batch)) {
            problems.put("batch", NO_BATCHES);
        }
        if (!Objects.equals(batchWait, defaults.batchWait)) {
            problems.put("batchWait", NO_BATCHES);
        }
        check(problems);
    }

    private void check(Map<String, String> problems) throws InvalidPropertyException {
        Configuration.check(
                this, "activation" + (getQueue() == null ? "" : " of queue '" + getQueue() + "'"), problems);
    }

    /** Returns the settings of this activation, which must be {@linkplain #validate valid}. */
    ActivationSettings settings() {
        return new ActivationSettings(
                required(maxConcurrency, "maxConcurrency"),
                required(prefetch, "prefetch"),
                required(batch, "batch"),
                required(batchWait, "batchWait"),
                required(lease, "lease"),
                required(maxAbandoned, "maxAbandoned"),
                OnExpiry.of(required(onExpiry, "onExpiry")),
                redeliveryPolicy(),
                required(failureThreshold, "failureThreshold"),
                required(drainTimeout, "drainTimeout"),
                queueSettings());
    }

    /** Returns when messages are redelivered and dead-lettered. The properties must be {@linkplain #validate valid}. */
    public RedeliveryPolicy redeliveryPolicy() {
        return new RedeliveryPolicy(
                required(maxDeliveries, "maxDeliveries"),
                required(redeliveryDelay, "redeliveryDelay"),
                required(redeliveryMultiplier, "redeliveryMultiplier"),
                required(maxRedeliveryDelay, "maxRedeliveryDelay"));
    }

    private static <T> T required(@Nullable T value, String property) {
        return Objects.requireNonNull(value, property);
    }

    @Override
    public @Nullable ResourceAdapter getResourceAdapter() {
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

    public @Nullable Integer getMaxConcurrency() {
        return maxConcurrency;
    }

    public void setMaxConcurrency(@Nullable Integer maxConcurrency) {
        this.maxConcurrency = maxConcurrency;
    }

    public @Nullable Integer getPrefetch() {
        return prefetch;
    }

    public void setPrefetch(@Nullable Integer prefetch) {
        this.prefetch = prefetch;
    }

    public @Nullable Integer getBatch() {
        return batch;
    }

    public void setBatch(@Nullable Integer batch) {
        this.batch = batch;
    }

    public @Nullable Integer getBatchWait() {
        return batchWait;
    }

    public void setBatchWait(@Nullable Integer batchWait) {
        this.batchWait = batchWait;
    }

    public @Nullable Integer getLease() {
        return lease;
    }

    public void setLease(@Nullable Integer lease) {
        this.lease = lease;
    }

    public @Nullable Integer getMaxDeliveries() {
        return maxDeliveries;
    }

    public void setMaxDeliveries(@Nullable Integer maxDeliveries) {
        this.maxDeliveries = maxDeliveries;
    }

    public @Nullable Integer getMaxAbandoned() {
        return maxAbandoned;
    }

    public void setMaxAbandoned(@Nullable Integer maxAbandoned) {
        this.maxAbandoned = maxAbandoned;
    }

    public @Nullable Integer getRedeliveryDelay() {
        return redeliveryDelay;
    }

    public void setRedeliveryDelay(@Nullable Integer redeliveryDelay) {
        this.redeliveryDelay = redeliveryDelay;
    }

    public @Nullable Double getRedeliveryMultiplier() {
        return redeliveryMultiplier;
    }

    public void setRedeliveryMultiplier(@Nullable Double redeliveryMultiplier) {
        this.redeliveryMultiplier = redeliveryMultiplier;
    }

    public @Nullable Integer getMaxRedeliveryDelay() {
        return maxRedeliveryDelay;
    }

    public void setMaxRedeliveryDelay(@Nullable Integer maxRedeliveryDelay) {
        this.maxRedeliveryDelay = maxRedeliveryDelay;
    }

    public @Nullable Integer getFailureThreshold() {
        return failureThreshold;
    }

    public void setFailureThreshold(@Nullable Integer failureThreshold) {
        this.failureThreshold = failureThreshold;
    }

    public @Nullable String getOnExpiry() {
        return onExpiry;
    }

    public void setOnExpiry(@Nullable String onExpiry) {
        this.onExpiry = onExpiry;
    }

    public @Nullable Integer getDrainTimeout() {
        return drainTimeout;
    }

    public void setDrainTimeout(@Nullable Integer drainTimeout) {
        this.drainTimeout = drainTimeout;
    }
}
