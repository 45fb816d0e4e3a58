// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationEmitter;
import javax.management.StandardEmitterMBean;

/** A management bean whose attributes and operations have the descriptions of its interface. */
final class DescribedMBean extends StandardEmitterMBean {

    private final Descriptions descriptions;

    /** Creates a bean that emits no notifications. */
    <T> DescribedMBean(T bean, Class<T> type) {
        this(bean, type, new NotificationBroadcasterSupport());
    }

    <T> DescribedMBean(T bean, Class<T> type, NotificationEmitter emitter) {
        super(bean, type, true, emitter);
        this.descriptions = new Descriptions(type);
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return descriptions.ofBean();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        return descriptions.of(info);
    }

    @Override
    protected String getDescription(MBeanOperationInfo info) {
        return descriptions.of(info);
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
        return descriptions.ofParameter(operation, sequence);
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
        return descriptions.nameOfParameter(operation, sequence);
    }

    @Override
    protected int getImpact(MBeanOperationInfo operation) {
        return descriptions.impact(operation);
    }
}
