// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

/**
 * A branch under the ID by which the transaction manager refers to it. Several IDs of one global transaction can refer
 * to the same branch.
 */
record JoinedBranch(Branch branch, BranchXid xid) {}
