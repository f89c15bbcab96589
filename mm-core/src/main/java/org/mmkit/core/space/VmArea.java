package org.mmkit.core.space;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmaOperations;
import org.mmkit.core.rmap.AnonVma;

/** An area of an {@link UserAddressSpace}. */
@SuppressWarnings("exports") // some methods are for the engine alone, whose packages are not exported
public final class VmArea implements Vma {

    private final UserAddressSpace space;
    long start;
    long end;
    long pgoff;
    long flags;
    private final @Nullable Mappable source;
    private final @Nullable VmaOperations operations;
    private final @Nullable FileMapping file;
    private @Nullable AnonVma anonVma;
    private MemoryPolicy policy = MemoryPolicy.NONE;
    /** Where swap was read last, how far ahead, and how much of that was used; 0 when it never was (Linux: swap_readahead_info). */
    private long swapReadahead;
    private final List<AnonVma> anonChain = new ArrayList<>(1);
    /** What maps shows for an area that no call made, such as {@code [vdso]}; empty for the others. */
    private final String specialName;

    VmArea(
            UserAddressSpace space,
            long start,
            long end,
            long pgoff,
            long flags,
            @Nullable Mappable source,
            String specialName) {
        this.space = space;
        this.start = start;
        this.end = end;
        this.pgoff = pgoff;
        this.flags = flags;
        this.source = source;
        this.file = source == null ? null : source.mapping();
        // A private mapping of /dev/zero-like memory has a file but is not one here: all sources have operations.
        this.operations = source == null ? null : source.operations();
        this.specialName = specialName;
    }

    /** A copy for another address space, or for a split; not linked to anything. */
    VmArea copy(UserAddressSpace target) {
        VmArea copy = new VmArea(target, start, end, pgoff, flags, source, specialName);
        copy.swapReadahead = swapReadahead;
        copy.policy = policy;
        return copy;
    }

    @Override
    public MemoryPolicy policy() {
        return policy;
    }

    /** Sets which nodes the area's memory comes from. */
    void setPolicy(MemoryPolicy value) {
        policy = value;
    }

    /** What swap-in remembers of this area. */
    public long swapReadahead() {
        return swapReadahead;
    }

    /** Sets it. */
    public void setSwapReadahead(long value) {
        swapReadahead = value;
    }

    @Override
    public UserAddressSpace space() {
        return space;
    }

    @Override
    public long start() {
        return start;
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public long pgoff() {
        return pgoff;
    }

    @Override
    public long flags() {
        return flags;
    }

    @Override
    public boolean isAnonymous() {
        return operations == null;
    }

    @Override
    public boolean hasFile() {
        return file != null;
    }

    @Override
    public FileMapping file() {
        if (file == null) {
            throw new IllegalStateException(this + " maps no file");
        }
        return file;
    }

    @Override
    public VmaOperations operations() {
        if (operations == null) {
            throw new IllegalStateException(this + " is anonymous");
        }
        return operations;
    }

    @Nullable VmaOperations operationsOrNull() {
        return operations;
    }

    /** What was mapped, or null for anonymous memory. */
    public @Nullable Mappable source() {
        return source;
    }

    @Override
    public boolean hasAnonVma() {
        return anonVma != null;
    }

    /** The root for new anonymous folios, or null. */
    public @Nullable AnonVma anonVma() {
        return anonVma;
    }

    /** Sets the root for new anonymous folios. */
    public void setAnonVma(AnonVma root) {
        anonVma = root;
    }

    /** All roots that the area is linked to. */
    public List<AnonVma> anonChain() {
        return anonChain;
    }

    /** Forgets the roots. */
    public void clearAnon() {
        anonChain.clear();
        anonVma = null;
    }

    /** Bytes of the area. */
    public long length() {
        return end - start;
    }

    /** Base pages of the area. */
    public long pages() {
        return end - start >>> space.engine().pageShift;
    }

    /** The name that maps and smaps show; empty for plain anonymous memory. */
    public String name() {
        if (!specialName.isEmpty()) {
            return specialName;
        }
        if (operations != null) {
            return operations.name(this);
        }
        return space.nameOf(this);
    }

    String specialName() {
        return specialName;
    }

    @Override
    public String toString() {
        return Long.toHexString(start) + "-" + Long.toHexString(end);
    }
}
