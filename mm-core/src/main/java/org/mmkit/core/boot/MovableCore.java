package org.mmkit.core.boot;

import java.util.List;
import java.util.function.Consumer;
import org.mmkit.core.BootException;

/**
 * The boot parameters kernelcore and movablecore: how much memory any allocation may use, the rest being for movable pages only
 * (mm/mm_init.c, cmdline_parse_core, find_zone_movable_pfns_for_nodes). Immutable.
 *
 * @param kernelBytes what kernelcore says, 0 without
 * @param kernelPercent the same as a share
 * @param movableBytes what movablecore says, 0 without
 * @param movablePercent the same as a share
 */
record MovableCore(long kernelBytes, int kernelPercent, long movableBytes, int movablePercent) {

    /** Reads the values of both parameters, of each the last; what is not followed goes to the kernel's {@code log}. */
    static MovableCore parse(List<String> kernelcore, List<String> movablecore, Consumer<String> log) {
        String kernel = kernelcore.isEmpty() ? "" : kernelcore.get(kernelcore.size() - 1);
        String movable = movablecore.isEmpty() ? "" : movablecore.get(movablecore.size() - 1);
        if (kernel.equals("mirror")) {
            log.accept("The system has no mirror memory, ignore kernelcore=mirror.");
            kernel = "";
        }
        check("kernelcore", kernel, !kernelcore.isEmpty() && kernelcore.get(kernelcore.size() - 1).isEmpty());
        check("movablecore", movable, !movablecore.isEmpty() && movable.isEmpty());
        return new MovableCore(bytes(kernel), percent(kernel), bytes(movable), percent(movable));
    }

    private static void check(String name, String text, boolean missing) {
        boolean percent = text.endsWith("%");
        if (missing || percent && !text.matches("[0-9]{1,2}%|100%") || text.equals("mirror")) {
            String forms = name.equals("kernelcore") ? ", a percentage from 0% to 100%, or mirror" : " or a percentage from 0% to 100%";
            throw new BootException(name + "=" + text + " is no amount of memory; write a size such as 512M" + forms);
        }
        if (!percent && !text.isEmpty()) {
            SizeText.parse(text);
        }
    }

    private static int percent(String text) {
        return text.endsWith("%") ? Integer.parseInt(text.substring(0, text.length() - 1)) : 0;
    }

    private static long bytes(String text) {
        return text.isEmpty() || text.endsWith("%") ? 0 : SizeText.parse(text);
    }

    /**
     * Pages that any allocation may use.
     *
     * @param total pages of usable memory
     * @param multiple the movable ones are a multiple of that
     * @return a number below {@code total}; 0 when all may be used by any allocation
     */
    long kernelPages(long total, int pageShift, long multiple) {
        long kernel = kernelPercent > 0 ? total * kernelPercent / 100 : kernelBytes >>> pageShift;
        long movable = movablePercent > 0 ? total * movablePercent / 100 : movableBytes >>> pageShift;
        if (movable > 0) {
            kernel = Math.max(kernel, total - Math.min(total, (movable + multiple - 1) / multiple * multiple));
        }
        return kernel >= total ? 0 : kernel;
    }
}
