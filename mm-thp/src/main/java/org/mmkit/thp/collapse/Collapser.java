package org.mmkit.thp.collapse;

import org.mmkit.api.space.Vma;
import org.mmkit.thp.Thp;
import org.mmkit.thp.fault.HugeFaults;
import org.mmkit.thp.split.DeferredSplitQueue;

/** The two ways to a collapse on one machine: in the background and on demand. */
public final class Collapser {

    private final Thp thp;
    private final AnonCollapse anon;
    private final Khugepaged khugepaged;
    private final CollapseAdvice advice;

    /** Made once per machine. */
    public Collapser(Thp thp, ScanList list, DeferredSplitQueue queue, HugeFaults faults) {
        this.thp = thp;
        anon = new AnonCollapse(thp, queue);
        FileCollapse file = new FileCollapse(thp, faults);
        khugepaged = new Khugepaged(thp, list, anon, file);
        advice = new CollapseAdvice(thp, anon, file);
        list.setWhenNoLongerEmpty(khugepaged::workArrived);
    }

    /** The background thread. */
    public Khugepaged khugepaged() {
        return khugepaged;
    }

    /** Collapses the block at {@code va}, whatever the limits of khugepaged say; returns whether it is huge now. */
    public boolean collapseNow(Vma vma, long va) {
        thp.memory.lru().drain();
        return anon.run(vma, va, true, thp.settings.khugepagedGfp()).isHuge();
    }

    /** The handler of MADV_COLLAPSE. */
    public CollapseAdvice advice() {
        return advice;
    }
}
