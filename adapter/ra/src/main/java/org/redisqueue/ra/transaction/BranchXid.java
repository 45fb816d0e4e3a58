// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.Xid;

/**
 * The id of a transaction branch, as stored in Redis: {@code <format>-<global id>-<branch qualifier>}, in hexadecimal.
 *
 * @param transaction the part that identifies the global transaction and is the same for all its branches
 */
record BranchXid(String text, String transaction, int formatId, byte[] globalTransactionId, byte[] branchQualifier)
        implements Xid {

    private static final HexFormat HEX = HexFormat.of();
    private static final Pattern TEXT =
            Pattern.compile("([0-9a-f]{8})-((?:[0-9a-f]{2}){0,64})-((?:[0-9a-f]{2}){0,64})");

    static BranchXid of(Xid xid) {
        if (xid instanceof BranchXid ours) {
            return ours;
        }
        byte[] global = xid.getGlobalTransactionId();
        byte[] branch = xid.getBranchQualifier();
        String transaction = HEX.toHexDigits(xid.getFormatId()) + "-" + HEX.formatHex(global);
        String text = transaction + "-" + HEX.formatHex(branch);
        return new BranchXid(text, transaction, xid.getFormatId(), global.clone(), branch.clone());
    }

    /** Returns the branch id that this text represents; empty if the text is not a branch id of this adapter. */
    static Optional<BranchXid> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new BranchXid(
                text,
                text.substring(0, text.lastIndexOf('-')),
                HexFormat.fromHexDigits(matcher.group(1)),
                HEX.parseHex(matcher.group(2)),
                HEX.parseHex(matcher.group(3))));
    }

    /** Returns whether this is the id of the same branch. */
    boolean isSame(Xid other) {
        return other == this
                || other.getFormatId() == formatId
                        && Arrays.equals(other.getBranchQualifier(), branchQualifier)
                        && Arrays.equals(other.getGlobalTransactionId(), globalTransactionId);
    }

    @Override
    public int getFormatId() {
        return formatId;
    }

    @Override
    public byte[] getGlobalTransactionId() {
        return globalTransactionId.clone();
    }

    @Override
    public byte[] getBranchQualifier() {
        return branchQualifier.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BranchXid xid && text.equals(xid.text);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(globalTransactionId);
    }

    @Override
    public String toString() {
        return text;
    }
}
