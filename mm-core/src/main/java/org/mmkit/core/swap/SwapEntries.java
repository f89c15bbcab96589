package org.mmkit.core.swap;

import org.mmkit.api.space.Fault;

/** What the fault handler, fork and unmapping ask of swap: page-table entries that stand for pages on a swap device. */
public interface SwapEntries {

    /** A page-table entry holding the swap entry {@code entry} is gone. */
    void free(long entry);

    /** A page-table entry holding the swap entry {@code entry} was copied at fork. */
    void duplicate(long entry);

    /** Answers a fault on the swap entry {@code fault.entry()} in slot {@code fault.slot()}; outcome bits of {@link Fault}. */
    int swapIn(Fault fault);

    /** The swap-cache folio {@code head} is about to be written by its only user: it leaves the swap cache if it can (Linux: folio_free_swap). */
    void releaseCached(long head);

    /** Whether any page of the machine has a place in swap. */
    boolean isInUse();

    /** A machine without swap: no such entry can exist. */
    SwapEntries NONE = new SwapEntries() {
        @Override
        public void free(long entry) {
            throw new IllegalStateException("swap entry on a machine without swap");
        }

        @Override
        public void duplicate(long entry) {
            free(entry);
        }

        @Override
        public void releaseCached(long head) {
            free(head);
        }

        @Override
        public boolean isInUse() {
            return false;
        }

        @Override
        public int swapIn(Fault fault) {
            return Fault.SIGBUS;
        }
    };
}
