package org.mmkit.core.gup;

import java.util.ArrayList;
import java.util.List;

/** All references and pins that callers of get_user_pages hold on a machine, oldest first. Thread-safe but for {@link #all}, which is for calls that run alone. */
public final class HeldPages {

    private final List<UserPages> held = new ArrayList<>();

    /** None yet; made once per machine. */
    public HeldPages() {}

    synchronized void add(UserPages pages) {
        held.add(pages);
    }

    synchronized void remove(UserPages pages) {
        held.removeIf(other -> other == pages);
    }

    /** Who holds pages. */
    public List<UserPages> all() {
        return held;
    }

    /** References that are no pins to the folio {@code head}. */
    public synchronized int references(long head) {
        int n = 0;
        for (UserPages pages : held) {
            n += pages.isPinned() ? 0 : pages.references(head);
        }
        return n;
    }
}
