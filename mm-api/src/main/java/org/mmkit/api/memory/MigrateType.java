package org.mmkit.api.memory;

/** Mobility classes of page blocks (include/linux/mmzone.h, enum migratetype); the order is that of the kernel's tables. */
public enum MigrateType {
    UNMOVABLE("Unmovable"),
    MOVABLE("Movable"),
    RECLAIMABLE("Reclaimable"),
    HIGHATOMIC("HighAtomic"),
    ISOLATE("Isolate");

    private final String label;

    MigrateType(String label) {
        this.label = label;
    }

    /** The name in {@code /proc/pagetypeinfo}. */
    public String label() {
        return label;
    }
}
