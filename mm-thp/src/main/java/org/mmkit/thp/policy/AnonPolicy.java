package org.mmkit.thp.policy;

import org.mmkit.api.feature.AnonFolioPolicy;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.space.Vma;
import org.mmkit.thp.Thp;
import org.mmkit.thp.split.DeferredSplitQueue;

/** Asks the machine's policy within what the knobs allow. */
public final class AnonPolicy implements AnonFolioPolicy {

    private final Thp thp;
    private final PagePolicy policy;
    private final Reservations reservations;
    private final boolean reserves;
    private final boolean watches;

    /** {@code policy} on the machine of {@code thp}. */
    public AnonPolicy(Thp thp, PagePolicy policy, DeferredSplitQueue queue) {
        this.thp = thp;
        this.policy = policy;
        this.reservations = new Reservations(thp, queue);
        this.reserves = policy.reserves();
        this.watches = policy.watchesFaults();
    }

    @Override
    public int faultOrders(Vma vma, long va) {
        int allowed = thp.eligibility.faultOrders(vma, va);
        return allowed == 0 ? 0 : policy.mapOrders(vma, va, allowed) & allowed;
    }

    @Override
    public long reservedFrame(Vma vma, long va) {
        if (!reserves) {
            return Frames.NONE;
        }
        int allowed = thp.eligibility.faultOrders(vma, va);
        int order = allowed == 0 ? 0 : policy.reserveOrder(vma, va, allowed);
        return order == 0 || (allowed & 1 << order) == 0 ? Frames.NONE : reservations.frame(vma, va, order);
    }

    @Override
    public void mapped(Vma vma, long va, long pfn) {
        if (watches && (thp.eligibility.faultOrders(vma, va) & 1 << thp.order) != 0) {
            policy.mapped(vma, va, pfn);
        }
    }

    @Override
    public boolean runsBesideOthers() {
        return !reserves && !watches;
    }

    @Override
    public int gfp(Vma vma) {
        return thp.eligibility.gfp(vma);
    }
}
