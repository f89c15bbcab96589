package org.mmkit.replay.report;

import java.util.Locale;

/** Numbers as people read them. */
final class Figures {

    private Figures() {}

    static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** KiB as kB, MB or GB with at most one decimal. */
    static String size(long kb) {
        double value = kb;
        if (Math.abs(kb) < 1024) {
            return kb + " kB";
        }
        value /= 1024;
        if (Math.abs(value) < 1024) {
            return String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.1f MB" : "%.0f MB", value);
        }
        return String.format(Locale.ROOT, "%.1f GB", value / 1024);
    }

    static String bytes(long bytes) {
        return bytes == 0 ? "0" : size((bytes + 1023) / 1024);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, share > 0 && share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100);
    }

    /** An interval of nanoseconds. */
    static String span(double low, double high) {
        double unit = high >= 1e9 ? 1e9 : high >= 1e6 ? 1e6 : 1e3;
        String name = unit == 1e9 ? "s" : unit == 1e6 ? "ms" : "us";
        String format = high / unit >= 100 ? "%.0f" : high / unit >= 10 ? "%.0f" : "%.1f";
        String from = String.format(Locale.ROOT, format, low / unit);
        String to = String.format(Locale.ROOT, format, high / unit);
        return from.equals(to) ? to + " " + name : from + "-" + to + " " + name;
    }

    static String seconds(long nanos) {
        return nanos >= 10_000_000_000L
                ? String.format(Locale.ROOT, "%.0f s", nanos / 1e9)
                : nanos >= 1_000_000_000L
                        ? String.format(Locale.ROOT, "%.1f s", nanos / 1e9)
                        : String.format(Locale.ROOT, "%.0f ms", nanos / 1e6);
    }

    /** {@code 2M} for 2048, {@code 64K} for 64. */
    static String folio(int kb) {
        return kb >= 1024 ? kb / 1024 + "M" : kb + "K";
    }
}
