// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.undeployable;

import jakarta.annotation.Resource;
import jakarta.ejb.Singleton;

/** Looks up the connection factory when it is deployed. */
@Singleton
public class Lookup {

    @Resource(lookup = "java:/eis/RedisQueue")
    private Object factory;
}
