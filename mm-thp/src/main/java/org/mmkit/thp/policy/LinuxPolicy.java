package org.mmkit.thp.policy;

import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.space.Vma;

/** What Linux does: whatever the knobs allow, at once, and khugepaged for what a fault could not have (mm/huge_memory.c, mm/khugepaged.c). */
final class LinuxPolicy implements PagePolicy {

    @Override
    public int mapOrders(Vma vma, long va, int allowed) {
        return allowed;
    }

    @Override
    public boolean usesKhugepaged() {
        return true;
    }
}
