package org.mmkit.core.pseudofs;

import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.process.Process;

/** /proc/PID/comm: the name of a process; what is written is cut to 15 characters. */
record ProcessName(Process process) implements PseudoFile {

    @Override
    public String read() {
        return process.name() + "\n";
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        process.setName(text.lines().findFirst().orElse(""));
        return 0;
    }
}
