// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decodes the node identifier of the transaction manager from a branch, where the transaction manager encodes one. */
final class BranchOwner {

    /** The format of Narayana, the transaction manager of WildFly. */
    private static final String NARAYANA = "00020005";

    /** The length of Narayana's unique id, which precedes the node identifier in the global transaction id. */
    private static final int UID_BYTES = 28;

    private static final Pattern BRANCH = Pattern.compile("([0-9a-f]{8})-((?:[0-9a-f]{2}){0,64})-[0-9a-f]*");

    private BranchOwner() {}

    /** Returns the node identifier; empty if the branch does not contain one. */
    static Optional<String> of(String branch) {
        Matcher parts = BRANCH.matcher(branch);
        if (!parts.matches() || !parts.group(1).equals(NARAYANA)) {
            return Optional.empty();
        }
        byte[] global = HexFormat.of().parseHex(parts.group(2));
        if (global.length <= UID_BYTES) {
            return Optional.empty();
        }
        String node = new String(global, UID_BYTES, global.length - UID_BYTES, StandardCharsets.UTF_8);
        return node.chars().allMatch(character -> character > ' ' && character < 0x7f)
                ? Optional.of(node)
                : Optional.empty();
    }
}
