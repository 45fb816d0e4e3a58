// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

/**
 * A branch under the id by which the transaction manager refers to it. Several ids of one global transaction can refer
 * to the same branch.
 */
record JoinedBranch(Branch branch, BranchXid xid) {}
