package org.mmkit.core.shmem;

import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.feature.ShmemFolioPolicy;

/** The options of one tmpfs mount; a value below 0 was not given. */
final class TmpfsOptions {

    long maxBlocks = -1;
    long maxInodes = -1;
    int huge = -1;
    /** Its pages stay out of swap. */
    boolean noswap;

    /**
     * Reads a comma-separated list.
     *
     * @param totalPages memory of the machine in pages, for sizes in percent
     * @throws ErrnoException EINVAL for an unknown option or a bad value
     */
    static TmpfsOptions parse(String text, ShmemFolioPolicy policy, long totalPages, int pageShift)
            throws ErrnoException {
        TmpfsOptions options = new TmpfsOptions();
        for (String option : text.split(",")) {
            if (!option.isEmpty()) {
                int equals = option.indexOf('=');
                String key = equals < 0 ? option : option.substring(0, equals);
                options.set(key, equals < 0 ? "" : option.substring(equals + 1), policy, totalPages, pageShift);
            }
        }
        return options;
    }

    private void set(String key, String value, ShmemFolioPolicy policy, long totalPages, int pageShift)
            throws ErrnoException {
        switch (key) {
            case "size" -> {
                boolean percent = value.endsWith("%");
                long size = SizeText.parse(percent ? value.substring(0, value.length() - 1) : value);
                long bytes = percent ? (size << pageShift) * totalPages / 100 : size;
                maxBlocks = bytes + (1L << pageShift) - 1 >>> pageShift;
            }
            case "nr_blocks" -> maxBlocks = SizeText.parse(value);
            case "nr_inodes" -> maxInodes = SizeText.parse(value);
            case "huge" -> {
                huge = policy.mountOption(value);
                if (huge < 0) {
                    throw new ErrnoException(-huge);
                }
            }
            case "mode" -> checkNumber(value, 8);
            case "uid", "gid" -> checkNumber(value, 10);
            case "noswap" -> {
                checkEmpty(value);
                noswap = true;
            }
            case "inode32", "inode64" -> checkEmpty(value);
            default -> throw new ErrnoException(Errno.EINVAL);
        }
    }

    private static void checkEmpty(String value) throws ErrnoException {
        if (!value.isEmpty()) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }

    private static void checkNumber(String value, int radix) throws ErrnoException {
        try {
            Integer.parseUnsignedInt(value, radix);
        } catch (NumberFormatException e) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }
}
