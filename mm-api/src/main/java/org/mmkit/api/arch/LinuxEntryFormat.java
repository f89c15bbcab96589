package org.mmkit.api.arch;

import java.util.Optional;

/**
 * What the entries of Linux's 64-bit architectures have in common: single bits answer most questions, and a word that is not present
 * holds a swap type and an offset (include/linux/swapops.h), whose places the backend chooses:
 *
 * <pre>
 *   types 0 to 26    swap devices; the offset is the page on it
 *   27               poisoned memory
 *   28, 29, 30       migration: was read-only, was exclusive, was writable; the offset is the frame, above it young and dirty
 *   31               marker; the offset says which
 * </pre>
 *
 * <p>The numbers are those of a kernel with MIGRATION and MEMORY_FAILURE, without DEVICE_PRIVATE (include/linux/swap.h). Immutable, as
 * its subclasses must be.
 */
public abstract class LinuxEntryFormat implements EntryFormat {

    private static final int TYPE_BITS = 5;
    private static final int TYPE_MASK = (1 << TYPE_BITS) - 1;
    private static final int SWAP_DEVICES = 27;
    private static final int HWPOISON = 27;
    private static final int MIGRATION_READ = 28;
    private static final int MIGRATION_READ_EXCLUSIVE = 29;
    private static final int MIGRATION_WRITE = 30;
    private static final int MARKER = 31;

    /**
     * Where a word that is not present holds what.
     *
     * @param typeShift lowest of the five bits of the type
     * @param offsetShift lowest bit of the offset
     * @param offsetBits bits of the offset
     * @param inverted whether the offset is stored inverted (x86-64, against L1 terminal faults)
     * @param exclusive the bit of a swapped page that was its mapping's alone
     * @param frameBits bits of the frame number in the offset of a migration entry; young and dirty follow
     */
    public record SwapLayout(int typeShift, int offsetShift, int offsetBits, boolean inverted, long exclusive, int frameBits) {}

    private final EntryMasks masks;
    private final SwapLayout swap;
    private final long offsetMask;
    private final long inversion;
    private final long migrationYoung;
    private final long migrationDirty;

    /** Entries whose bits are {@code masks}; those not present are laid out as {@code swap} says. */
    protected LinuxEntryFormat(EntryMasks masks, SwapLayout swap) {
        this.masks = masks;
        this.swap = swap;
        offsetMask = (1L << swap.offsetBits()) - 1;
        inversion = swap.inverted() ? offsetMask : 0;
        migrationYoung = 1L << swap.frameBits();
        migrationDirty = 1L << swap.frameBits() + 1;
    }

    @Override
    public final Optional<EntryMasks> masks() {
        return Optional.of(masks);
    }

    @Override
    public final long none() {
        return 0;
    }

    @Override
    public final boolean isNone(long entry) {
        return entry == 0;
    }

    @Override
    public final boolean isValid(long entry) {
        return (entry & masks.valid()) != 0;
    }

    @Override
    public final boolean isPresent(long entry) {
        return (entry & masks.present()) != 0;
    }

    @Override
    public final boolean isLeaf(long entry, int level) {
        return level == 1 || ((entry ^ masks.leafFlip()) & masks.leaf()) != 0;
    }

    @Override
    public final boolean isUserAccessible(long entry) {
        return (entry & masks.user()) == masks.user();
    }

    @Override
    public final boolean isWritable(long entry) {
        return (entry & masks.writable()) != 0;
    }

    @Override
    public final boolean isDirty(long entry) {
        return (entry & masks.dirty()) != 0 || (entry & masks.dirtyField()) == masks.dirtyValue();
    }

    @Override
    public final boolean isYoung(long entry) {
        return (entry & masks.accessed()) != 0;
    }

    @Override
    public final long makeYoung(long entry) {
        return entry | masks.accessed();
    }

    @Override
    public final long makeOld(long entry) {
        return entry & ~masks.accessed();
    }

    @Override
    public final boolean isSpecial(long entry) {
        return (entry & masks.special()) != 0;
    }

    @Override
    public final long makeSpecial(long entry) {
        return entry | masks.special();
    }

    // ---- entries of the kernel's own ----------------------------------------------------------------------------

    private int type(long entry) {
        return (int) (entry >>> swap.typeShift()) & TYPE_MASK;
    }

    private long offset(long entry) {
        return entry >>> swap.offsetShift() & offsetMask ^ inversion;
    }

    private long notPresent(int type, long offset) {
        if ((offset & ~offsetMask) != 0) {
            throw new IllegalArgumentException("offset 0x" + Long.toHexString(offset) + " has more than " + swap.offsetBits() + " bits");
        }
        return (long) type << swap.typeShift() | (offset ^ inversion) << swap.offsetShift();
    }

    private boolean isSoftware(long entry) {
        return entry != 0 && (entry & masks.present()) == 0;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException when Linux has no such device, the offset does not fit, or is that of the device's header where
     *     the word would be the empty entry
     */
    @Override
    public final long swap(int type, long offset, boolean exclusive) {
        if (type < 0 || type >= SWAP_DEVICES) {
            throw new IllegalArgumentException("swap device " + type + " is not in 0 to " + (SWAP_DEVICES - 1));
        }
        long entry = notPresent(type, offset) | (exclusive ? swap.exclusive() : 0);
        if (entry == 0) {
            throw new IllegalArgumentException("page 0 of a swap device is its header");
        }
        return entry;
    }

    @Override
    public final boolean isSwap(long entry) {
        return isSoftware(entry) && type(entry) < SWAP_DEVICES;
    }

    @Override
    public final int swapType(long entry) {
        return type(entry);
    }

    @Override
    public final long swapOffset(long entry) {
        return offset(entry);
    }

    @Override
    public final boolean isExclusive(long entry) {
        return isMigration(entry) ? type(entry) != MIGRATION_READ : (entry & swap.exclusive()) != 0;
    }

    @Override
    public final long clearExclusive(long entry) {
        return entry & ~swap.exclusive();
    }

    @Override
    public final long migration(long pfn, boolean writable, boolean exclusive, boolean dirty, boolean young) {
        int type = writable ? MIGRATION_WRITE : exclusive ? MIGRATION_READ_EXCLUSIVE : MIGRATION_READ;
        return notPresent(type, pfn | (young ? migrationYoung : 0) | (dirty ? migrationDirty : 0));
    }

    @Override
    public final boolean isMigration(long entry) {
        int type = type(entry);
        return type >= MIGRATION_READ && type <= MIGRATION_WRITE && isSoftware(entry);
    }

    @Override
    public final long migrationPfn(long entry) {
        return offset(entry) & migrationYoung - 1;
    }

    @Override
    public final boolean isMigrationWritable(long entry) {
        return type(entry) == MIGRATION_WRITE;
    }

    @Override
    public final boolean isMigrationDirty(long entry) {
        return (offset(entry) & migrationDirty) != 0;
    }

    @Override
    public final boolean isMigrationYoung(long entry) {
        return (offset(entry) & migrationYoung) != 0;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Linux gives each kind a bit (include/linux/swapops.h): 1 write-protected by userfaultfd, 2 poisoned, 4 guard. Our
     * kinds are these three bits read from the other end, so that kind 1 is the guard.
     */
    @Override
    public final long marker(int kind) {
        if (kind < 1 || kind > 7) {
            throw new IllegalArgumentException("marker kind " + kind + " is not in 1 to 7");
        }
        return notPresent(MARKER, mirror(kind));
    }

    @Override
    public final int markerKind(long entry) {
        return type(entry) == MARKER && isSoftware(entry) ? mirror((int) offset(entry) & 7) : 0;
    }

    /** Three bits in reverse order. */
    private static int mirror(int bits) {
        return (bits & 1) << 2 | bits & 2 | bits >>> 2 & 1;
    }

    // ---- for people ---------------------------------------------------------------------------------------------

    /** Type and offset of the word {@code entry}, which is not present; the backend adds its flags. */
    protected final EntryExplanation explainSoftware(long entry) {
        int type = type(entry);
        String what;
        String offset;
        if (isMigration(entry)) {
            what = "Linux: migration, " + (isMigrationWritable(entry) ? "writable" : isExclusive(entry) ? "exclusive" : "read-only");
            offset = "frame 0x" + Long.toHexString(migrationPfn(entry)) + (isMigrationYoung(entry) ? ", young" : "")
                    + (isMigrationDirty(entry) ? ", dirty" : "");
        } else if (type == MARKER) {
            what = "Linux: marker";
            offset = "1 userfaultfd, 2 poisoned, 4 guard: " + offset(entry);
        } else if (type == HWPOISON) {
            what = "Linux: poisoned memory";
            offset = "frame 0x" + Long.toHexString(offset(entry));
        } else {
            what = "Linux: swap device " + type;
            offset = "page 0x" + Long.toHexString(offset(entry)) + " on the device";
        }
        return new EntryExplanation(entry)
                .field(swap.typeShift() + TYPE_BITS - 1, swap.typeShift(), "type", what)
                .field(swap.offsetShift() + swap.offsetBits() - 1, swap.offsetShift(), "offset", offset + (swap.inverted() ? ", stored inverted (L1TF)" : ""));
    }

    /** The word {@code entry}, which is neither present nor empty, in one line. */
    protected final String describeSoftware(long entry) {
        int type = type(entry);
        if (isMigration(entry)) {
            return "migration of frame 0x" + Long.toHexString(migrationPfn(entry))
                    + (isMigrationWritable(entry) ? " writable" : isExclusive(entry) ? " exclusive" : " read")
                    + (isMigrationDirty(entry) ? " dirty" : "") + (isMigrationYoung(entry) ? " young" : "");
        }
        return switch (type) {
            case MARKER -> "marker of kind " + markerKind(entry);
            case HWPOISON -> "poisoned frame 0x" + Long.toHexString(offset(entry));
            default -> "swap device " + type + " page " + offset(entry) + (isExclusive(entry) ? " exclusive" : "");
        };
    }
}
