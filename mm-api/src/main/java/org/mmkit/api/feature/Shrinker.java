package org.mmkit.api.feature;

/** A cache that gives memory back under pressure (Linux: struct shrinker). */
public interface Shrinker {

    /** Its name. */
    String name();

    /** Objects that could be freed. */
    long count();

    /**
     * Tries to free up to {@code objects} of them.
     *
     * @return how many were freed
     */
    long scan(long objects);
}
