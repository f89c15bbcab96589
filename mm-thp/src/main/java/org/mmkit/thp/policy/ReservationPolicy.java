package org.mmkit.thp.policy;

import org.mmkit.api.memory.Frames;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PolicyHost;
import org.mmkit.api.space.Vma;

/**
 * Reservations in the manner of J. Navarro, S. Iyer, P. Druschel and A. Cox, "Practical, transparent operating system support for
 * superpages" (OSDI 2002), on which FreeBSD's superpages rest: the first touch of a block sets aside a whole huge page, each touch
 * maps its own base page of it, and when all of them are mapped the block is promoted, without a copy. Memory pressure breaks
 * reservations. Of the paper's ladder of sizes only the huge page is here.
 */
final class ReservationPolicy implements PagePolicy {

    private final PolicyHost host;
    private final Frames frames;
    private final int order;

    ReservationPolicy(PolicyHost host) {
        this.host = host;
        this.frames = host.context().memory().frames();
        this.order = host.order();
    }

    @Override
    public int mapOrders(Vma vma, long va, int allowed) {
        return 0;
    }

    @Override
    public boolean reserves() {
        return true;
    }

    @Override
    public int reserveOrder(Vma vma, long va, int allowed) {
        return (allowed & 1 << order) != 0 ? order : 0;
    }

    @Override
    public boolean watchesFaults() {
        return true;
    }

    @Override
    public void mapped(Vma vma, long va, long pfn) {
        if (frames.isLarge(pfn) && frames.mappedPages(frames.head(pfn)) == 1 << order) {
            host.promote(vma, va);
        }
    }
}
