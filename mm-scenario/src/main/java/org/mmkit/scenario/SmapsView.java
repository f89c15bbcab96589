package org.mmkit.scenario;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the text of /proc/PID/smaps into the areas that a scenario asks for. */
final class SmapsView {

    private static final Set<String> ALWAYS = Set.of("Size", "Rss", "THPeligible");
    private static final Set<String> PAGE_SIZES = Set.of("KernelPageSize", "MMUPageSize");
    private static final Set<String> WANTED = Set.of("Size", "KernelPageSize", "MMUPageSize", "Rss", "Pss",
            "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Anonymous", "LazyFree", "AnonHugePages",
            "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss", "Locked",
            "THPeligible");

    private SmapsView() {}

    /** The areas that meet [{@code start}, {@code end}), both taken as unsigned, with offsets from {@code start}. */
    static JsonArray areas(String smaps, long start, long end) {
        JsonArray areas = new JsonArray();
        JsonObject area = null;
        for (String line : (Iterable<String>) smaps.lines()::iterator) {
            int colon = line.indexOf(':');
            int dash = line.indexOf('-');
            if (dash > 0 && dash < line.indexOf(' ')) {
                area = header(line, dash, start, end);
                if (area != null) {
                    areas.add(area);
                }
            } else if (area != null && colon > 0) {
                field(area, line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return areas;
    }

    private static @Nullable JsonObject header(String line, int dash, long start, long end) {
        String[] words = line.split(" +", 6);
        long from = Long.parseUnsignedLong(words[0].substring(0, dash), 16);
        long to = Long.parseUnsignedLong(words[0].substring(dash + 1), 16);
        if (Long.compareUnsigned(from, end) >= 0 || Long.compareUnsigned(to, start) <= 0) {
            return null;
        }
        JsonObject area = new JsonObject();
        area.addProperty("start", from - start);
        area.addProperty("end", to - start);
        area.addProperty("perm", words[1]);
        if (words.length == 6 && !words[5].isEmpty()) {
            area.addProperty("name", words[5]);
        }
        return area;
    }

    private static void field(JsonObject area, String name, String text) {
        if (name.equals("VmFlags")) {
            area.addProperty(name, text.trim());
        } else if (WANTED.contains(name)) {
            long value = PseudoFiles.number(text);
            if (ALWAYS.contains(name) || (PAGE_SIZES.contains(name) ? value != 4 : value != 0)) {
                area.addProperty(name, value);
            }
        }
    }
}
