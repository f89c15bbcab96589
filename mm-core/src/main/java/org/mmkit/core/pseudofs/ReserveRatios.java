package org.mmkit.core.pseudofs;

import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.memory.Watermarks;
import org.mmkit.core.memory.Zone;

/**
 * /proc/sys/vm/lowmem_reserve_ratio: one number for each zone, with one for the memory of devices at the end, which this machine has not.
 * Numbers that are not written stay as they are.
 */
record ReserveRatios(Watermarks watermarks) implements PseudoFile {

    @Override
    public String read() {
        StringBuilder out = new StringBuilder();
        for (int z = 0; z < Zone.ZONES; z++) {
            out.append(watermarks.reserveRatio(z)).append('\t');
        }
        return out.append("0\n").toString();
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        String[] words = text.strip().split("\\s+");
        int[] ratios = new int[Math.min(words.length, Zone.ZONES)];
        try {
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = Integer.decode(words[i]);
            }
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
        watermarks.setReserveRatios(ratios);
        return 0;
    }
}
