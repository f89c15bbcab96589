package org.mmkit.core.boot;

import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.space.Vma;
import org.mmkit.core.observe.SwapUse;
import org.mmkit.core.swap.SwapSpace;

/** What smaps asks of the swap of a machine. */
final class MachineSwapUse implements SwapUse {

    private final SwapSpace swap;

    MachineSwapUse(SwapSpace swap) {
        this.swap = swap;
    }

    @Override
    public int count(int type, long offset) {
        return swap.count(type, offset);
    }

    @Override
    public long swappedBytes(Vma vma) {
        if (swap.totalPages() == swap.freePages() || !(vma.file() instanceof ShmemMapping file)) {
            return 0;
        }
        long pageSize = vma.space().tables().layout().size(1);
        long bytes = 0;
        for (long va = vma.start(); va != vma.end(); va += pageSize) {
            bytes += file.isSwapped(vma.index(va)) ? pageSize : 0;
        }
        return bytes;
    }
}
