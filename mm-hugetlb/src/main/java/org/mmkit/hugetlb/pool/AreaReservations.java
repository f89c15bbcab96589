package org.mmkit.hugetlb.pool;

import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.space.Vma;
import org.mmkit.hugetlb.cgroup.HugetlbController;

/**
 * What private areas were promised, and which of them lost pages to the owner (Linux: vm_private_data of HugeTLB areas). The area
 * that mmap made owns its promise; a child's copy owns none. Not thread-safe.
 */
public final class AreaReservations {

    private static final class State {
        @Nullable ReservationMap map;
        boolean robbed;
        /** Who was charged for the promise. */
        HugetlbController.@Nullable Account payer;
    }

    /** Takes areas and what they were promised. */
    public interface Visitor {

        /** The area {@code vma} was promised all of its pages, of which {@code used} have been. */
        void area(Vma vma, ReservationMap used);
    }

    /** Shows {@code visitor} all areas that were promised anything. */
    public void forEach(Visitor visitor) {
        states.forEach((vma, state) -> {
            ReservationMap used = state.map;
            if (used != null) {
                visitor.area(vma, used);
            }
        });
    }

    private final Map<Vma, State> states = new IdentityHashMap<>();

    /** No areas yet. */
    public AreaReservations() {}

    /** {@code vma} was promised all of its pages, which {@code payer} was charged for; null for nobody. */
    public void own(Vma vma, HugetlbController.@Nullable Account payer) {
        State state = state(vma);
        state.map = new ReservationMap();
        state.payer = payer;
    }

    /** Who was charged for the promise to {@code vma}; null for nobody. */
    public HugetlbController.@Nullable Account payer(Vma vma) {
        State state = states.get(vma);
        return state == null ? null : state.payer;
    }

    private State state(Vma vma) {
        return states.computeIfAbsent(vma, v -> new State());
    }

    /** The map of used-up promises of {@code vma}, or null when it was promised nothing. */
    public @Nullable ReservationMap map(Vma vma) {
        State state = states.get(vma);
        return state == null ? null : state.map;
    }

    /** {@code vma} was made of {@code source}: by a split or a move it has the same promise, by fork none. */
    public void opened(Vma vma, Vma source) {
        State state = states.get(source);
        if (state != null && vma.space() == source.space()) {
            State same = state(vma);
            same.map = state.map;
            same.robbed = state.robbed;
            same.payer = state.payer;
        }
    }

    /** {@code vma} is gone, or its promise lives on in the area it moved to. */
    public void forget(Vma vma) {
        states.remove(vma);
    }

    /** The owner needed a page that {@code vma} had: what is missing there is lost, not untouched. */
    public void rob(Vma vma) {
        state(vma).robbed = true;
    }

    /** Whether {@link #rob} happened to {@code vma}. */
    public boolean isRobbed(Vma vma) {
        State state = states.get(vma);
        return state != null && state.robbed;
    }
}
