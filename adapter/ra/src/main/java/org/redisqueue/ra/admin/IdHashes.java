// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

/**
 * A set of ids that keeps 8 to 32 bytes for each. It compares hashes of 64 bits: with a probability of about
 * 10<sup>-7</sup> among a million ids, it takes two different ids for the same.
 */
final class IdHashes {

    private static final int SMALLEST = 1024;

    private long[] table = new long[SMALLEST];
    private int size;

    /** Adds an id. Returns false if it was in the set. */
    boolean add(String id) {
        if (2 * (size + 1) > table.length) {
            long[] old = table;
            table = new long[2 * old.length];
            for (long hash : old) {
                if (hash != 0) {
                    table[slot(hash)] = hash;
                }
            }
        }
        long hash = hash(id);
        int slot = slot(hash);
        if (table[slot] == hash) {
            return false;
        }
        table[slot] = hash;
        size++;
        return true;
    }

    boolean contains(String id) {
        long hash = hash(id);
        return table[slot(hash)] == hash;
    }

    int size() {
        return size;
    }

    /** The slot that contains the hash, or would contain it. */
    private int slot(long hash) {
        int slot = (int) (hash >>> 32) & (table.length - 1);
        while (table[slot] != 0 && table[slot] != hash) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private static long hash(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        hash ^= hash >>> 31;
        return hash == 0 ? 1 : hash;
    }
}
