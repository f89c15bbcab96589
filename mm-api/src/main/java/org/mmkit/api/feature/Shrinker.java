package org.mmkit.api.feature;

/** A cache that gives memory back under pressure (Linux: struct shrinker). */
public interface Shrinker {

    /** What {@link #scan} gives when it cannot go on now. */
    long STOP = -1;

    /** What it takes to make a freed object again, 2 for most; 0 when that is for nothing, so that all may go early (Linux: seeks). */
    default int seeks() {
        return 2;
    }

    /** How many objects are worth a call (Linux: SHRINK_BATCH). */
    default long batch() {
        return 128;
    }

    /** Its name. */
    String name();

    /** Objects that could be freed. */
    long count();

    /**
     * Tries to free up to {@code objects} of them.
     *
     * @return how many were freed, or {@link #STOP}
     */
    long scan(long objects);
}
