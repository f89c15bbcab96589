package org.mmkit.thp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The value of the boot parameters {@code thp_anon=} and {@code thp_shmem=}: rules such as
 * {@code 16K,64K:always;128K-512K:inherit}. A value with a mistake is ignored as a whole, as Linux does.
 */
final class SizeRules {

    /** One rule: these orders get this word. */
    record Rule(int orders, String word) {}

    private final int pageShift;
    private final int allowedOrders;
    private final List<String> words;

    /** Rules may name sizes of {@code allowedOrders} and give them one of {@code words}. */
    SizeRules(int pageShift, int allowedOrders, List<String> words) {
        this.pageShift = pageShift;
        this.allowedOrders = allowedOrders;
        this.words = words;
    }

    /** The rules in {@code value}, none if it has a mistake. */
    List<Rule> parse(String value) {
        List<Rule> rules = new ArrayList<>();
        for (String rule : value.split(";", -1)) {
            int colon = rule.indexOf(':');
            String word = rule.substring(colon + 1);
            int orders = colon < 0 || !words.contains(word) ? 0 : orders(rule.substring(0, colon));
            if (orders == 0) {
                return List.of();
            }
            rules.add(new Rule(orders, word));
        }
        return rules;
    }

    /** The orders of a list of sizes and ranges; 0 for a mistake. */
    private int orders(String list) {
        int orders = 0;
        for (String item : list.split(",", -1)) {
            int dash = item.indexOf('-');
            int first = order(dash < 0 ? item : item.substring(0, dash));
            int last = dash < 0 ? first : order(item.substring(dash + 1));
            if (first < 0 || last < first) {
                return 0;
            }
            orders |= (2 << last) - (1 << first) & allowedOrders;
        }
        return orders;
    }

    /** The order of a size like {@code 64K}; -1 when there is no such folio. */
    private int order(String size) {
        int digits = 0;
        while (digits < size.length() && Character.isDigit(size.charAt(digits))) {
            digits++;
        }
        String unit = size.substring(digits).toUpperCase(Locale.ROOT);
        int shift = switch (unit) {
            case "" -> 0;
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> -1;
        };
        if (digits == 0 || digits > 10 || shift < 0) {
            return -1;
        }
        long bytes = Long.parseLong(size.substring(0, digits)) << shift;
        if (Long.bitCount(bytes) != 1) {
            return -1;
        }
        int order = Long.numberOfTrailingZeros(bytes) - pageShift;
        return order >= 0 && order < 31 && (allowedOrders & 1 << order) != 0 ? order : -1;
    }
}
