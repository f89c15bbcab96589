package org.mmkit.thp.collapse;

import org.mmkit.api.Errno;
import org.mmkit.api.feature.MadviseHandler;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.thp.Eligibility.Asker;
import org.mmkit.thp.Thp;

/** madvise(MADV_COLLAPSE) (Linux: madvise_collapse): collapses at once whatever may be, regardless of the limits of khugepaged. */
public final class CollapseAdvice implements MadviseHandler {

    private final Thp thp;
    private final AnonCollapse anon;
    private final FileCollapse file;

    CollapseAdvice(Thp thp, AnonCollapse anon, FileCollapse file) {
        this.thp = thp;
        this.anon = anon;
        this.file = file;
    }

    @Override
    public long advise(AddressSpace space, long start, long end) {
        AnonCollapse own = anon.ofThisCall();
        long result = 0;
        long at = start;
        while (Long.compareUnsigned(at, end) < 0) {
            Vma vma = space.findOrNext(at);
            if (vma == null || Long.compareUnsigned(vma.start(), end) >= 0) {
                return -Errno.ENOMEM;
            }
            if (Long.compareUnsigned(vma.start(), at) > 0) {
                result = -Errno.ENOMEM;
                at = vma.start();
            }
            long stop = Long.compareUnsigned(vma.end(), end) < 0 ? vma.end() : end;
            long failed = collapse(vma, at, stop, own);
            if (failed != 0) {
                return failed;
            }
            at = stop;
        }
        return result;
    }

    private long collapse(Vma vma, long start, long end, AnonCollapse own) {
        if (!thp.eligibility.allows(vma, Asker.FORCED_COLLAPSE)) {
            return -Errno.EINVAL;
        }
        thp.memory.lru().drain();
        long first = thp.block(start + thp.size - 1);
        long stop = thp.block(end);
        // A range that touches a border between two blocks holds none and is done; one inside a block is an error.
        if (Long.compareUnsigned(first, stop) > 0) {
            return -Errno.EINVAL;
        }
        ScanResult failure = ScanResult.SUCCEED;
        for (long va = first; va != stop; va += thp.size) {
            ScanResult result = vma.isAnonymous() ? own.run(vma, va, true) : file.run(vma, va, true);
            if (!result.isHuge()) {
                failure = result;
                if (!result.goesOn()) {
                    break;
                }
            }
        }
        return -failure.errno();
    }
}
