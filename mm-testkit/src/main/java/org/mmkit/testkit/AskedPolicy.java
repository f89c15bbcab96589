package org.mmkit.testkit;

import java.lang.management.ManagementFactory;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.policy.PolicyHost;
import org.mmkit.api.space.Vma;

/**
 * A provider whose policies answer as those of another do, and whose answers are looked at: orders that may be had, the same answer to the
 * same question, no Java object made for it. A breach is an {@link AssertionError} that names the method. Not thread-safe.
 */
final class AskedPolicy implements PagePolicyProvider {

    private static final com.sun.management.ThreadMXBean THREADS = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final PagePolicyProvider real;
    private int made;
    private long questions;
    private long allocated;

    AskedPolicy(PagePolicyProvider real) {
        this.real = real;
    }

    @Override
    public String id() {
        return "asked-" + real.id();
    }

    @Override
    public String description() {
        return real.description();
    }

    @Override
    public PagePolicy create(PolicyHost host) {
        made++;
        return new Asked(real.create(host));
    }

    /** Policies made so far. */
    int made() {
        return made;
    }

    /** Questions about orders so far. */
    long questions() {
        return questions;
    }

    /** Bytes of Java objects that were made to answer them. */
    long allocated() {
        return allocated;
    }

    private static void require(boolean holds, String method, String what) {
        if (!holds) {
            throw new AssertionError("PagePolicy." + method + " " + what);
        }
    }

    private final class Asked implements PagePolicy {

        private final PagePolicy policy;
        private final boolean reserves;
        private final boolean watches;
        private final boolean usesKhugepaged;

        Asked(PagePolicy policy) {
            this.policy = policy;
            reserves = policy.reserves();
            watches = policy.watchesFaults();
            usesKhugepaged = policy.usesKhugepaged();
        }

        @Override
        public int mapOrders(Vma vma, long va, int allowed) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            int orders = policy.mapOrders(vma, va, allowed);
            count(before);
            require((orders & ~allowed) == 0, "mapOrders", "answers 0x" + Integer.toHexString(orders) + ", of which only 0x"
                    + Integer.toHexString(allowed) + " is allowed");
            require(orders == policy.mapOrders(vma, va, allowed), "mapOrders", "was asked the same twice, and the answers differ");
            unchanged();
            return orders;
        }

        @Override
        public int reserveOrder(Vma vma, long va, int allowed) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            int order = policy.reserveOrder(vma, va, allowed);
            count(before);
            require(order == 0 || order > 0 && order < Integer.SIZE && (allowed >>> order & 1) != 0, "reserveOrder", "answers " + order
                    + ", which is not among 0x" + Integer.toHexString(allowed));
            require(order == policy.reserveOrder(vma, va, allowed), "reserveOrder", "was asked the same twice, and the answers differ");
            unchanged();
            return order;
        }

        private void count(long before) {
            allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
            questions++;
        }

        private void unchanged() {
            require(reserves == policy.reserves(), "reserves", "answers otherwise than when it was asked first");
            require(watches == policy.watchesFaults(), "watchesFaults", "answers otherwise than when it was asked first");
            require(usesKhugepaged == policy.usesKhugepaged(), "usesKhugepaged", "answers otherwise than when it was asked first");
        }

        @Override
        public boolean reserves() {
            return reserves;
        }

        @Override
        public void mapped(Vma vma, long va, long pfn) {
            policy.mapped(vma, va, pfn);
            unchanged();
        }

        @Override
        public boolean watchesFaults() {
            return watches;
        }

        @Override
        public boolean usesKhugepaged() {
            return usesKhugepaged;
        }

        @Override
        public boolean isCandidate(Vma vma, long va) {
            boolean candidate = policy.isCandidate(vma, va);
            require(candidate == policy.isCandidate(vma, va), "isCandidate", "was asked the same twice, and the answers differ");
            return candidate;
        }
    }
}
