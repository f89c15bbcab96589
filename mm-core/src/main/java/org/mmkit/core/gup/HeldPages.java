package org.mmkit.core.gup;

import java.util.ArrayList;
import java.util.List;

/** All references and pins that callers of get_user_pages hold on a machine, oldest first. Not thread-safe. */
public final class HeldPages {

    private final List<UserPages> held = new ArrayList<>();

    /** None yet; made once per machine. */
    public HeldPages() {}

    void add(UserPages pages) {
        held.add(pages);
    }

    void remove(UserPages pages) {
        held.removeIf(other -> other == pages);
    }

    /** Who holds pages. */
    public List<UserPages> all() {
        return held;
    }

    /** References that are no pins to the folio {@code head}. */
    public int references(long head) {
        int n = 0;
        for (UserPages pages : held) {
            n += pages.isPinned() ? 0 : pages.references(head);
        }
        return n;
    }
}
