package org.mmkit.core.pseudofs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mmkit.api.Errno;
import org.mmkit.api.file.WriteOnlyFile;
import org.mmkit.core.offline.SoftOffline;

/**
 * {@code /sys/devices/system/memory/soft_offline_page}: takes a physical address and puts its page out of use (drivers/base/memory.c,
 * soft_offline_page_store). The number may be decimal, octal or hexadecimal, unsigned, with one newline behind it.
 *
 * @param offline puts pages out of use
 * @param pageShift log2 of the base page size
 */
record SoftOfflineFile(SoftOffline offline, int pageShift) implements WriteOnlyFile {

    private static final Pattern NUMBER = Pattern.compile("\\+?(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))\\n?");

    private static final int HEX = 16;
    private static final int OCTAL = 8;
    private static final int DECIMAL = 10;

    @Override
    public int write(String text) {
        if (!offline.isAllowed()) {
            return -Errno.EPERM;
        }
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            return -Errno.EINVAL;
        }
        long address;
        try {
            address = number.group(1) != null ? Long.parseUnsignedLong(number.group(1), HEX)
                    : number.group(2) != null ? Long.parseUnsignedLong(number.group(2), OCTAL)
                    : Long.parseUnsignedLong(number.group(3), DECIMAL);
        } catch (NumberFormatException e) {
            return -Errno.EINVAL; // more than 64 bits
        }
        return offline.offline(address >>> pageShift);
    }
}
