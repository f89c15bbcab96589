package org.mmkit.core.pseudofs;

import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.memory.BuddyAllocator;

/** /proc/sys/vm/percpu_pagelist_high_fraction: 0, or at least 8. */
record PerCpuFraction(BuddyAllocator allocator) implements PseudoFile {

    private static final int LEAST = 8;

    @Override
    public String read() {
        return allocator.perCpuFraction() + "\n";
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        int fraction;
        try {
            fraction = Integer.decode(text.strip().split("\\s", 2)[0]);
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
        if (fraction < 0 || fraction > 0 && fraction < LEAST) {
            return -Errno.EINVAL;
        }
        allocator.setPerCpuFraction(fraction);
        return 0;
    }
}
