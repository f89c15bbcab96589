package org.mmkit.thp.collapse;

import org.mmkit.thp.Thp;
import org.mmkit.thp.fault.HugeFaults;
import org.mmkit.thp.split.DeferredSplitQueue;

/** The two ways to a collapse on one machine: in the background and on demand. */
public final class Collapser {

    private final Khugepaged khugepaged;
    private final CollapseAdvice advice;

    /** Made once per machine. */
    public Collapser(Thp thp, ScanList list, DeferredSplitQueue queue, HugeFaults faults) {
        AnonCollapse anon = new AnonCollapse(thp, queue);
        FileCollapse file = new FileCollapse(thp, faults);
        khugepaged = new Khugepaged(thp, list, anon, file);
        advice = new CollapseAdvice(thp, anon, file);
        list.setWhenNoLongerEmpty(khugepaged::workArrived);
    }

    /** The background thread. */
    public Khugepaged khugepaged() {
        return khugepaged;
    }

    /** The handler of MADV_COLLAPSE. */
    public CollapseAdvice advice() {
        return advice;
    }
}
